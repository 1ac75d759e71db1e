import { isObject, type Json, type Path, showPath } from '../core/json.ts'
import type { Problem } from '../core/problem.ts'
import { isReference, isText, type Reference, referenceParts } from '../core/reference.ts'
import type { Resource } from '../core/resource.ts'
import { kindsByName } from '../kinds/registry.ts'
import { type Checked, placeIn } from './checks/check.ts'

/** References to what the file does not make, or that it does not give: nobody would ever know the value. */
export const danglingIn = (checked: Checked, resources: readonly Resource[]): readonly Problem[] => {
  const made = new Map(resources.map(({ address, kind }) => [address, kind]))
  return placedIn(checked.document).flatMap(([path, reference]) => {
    const { address, output } = referenceParts(reference)
    const position = placeIn(checked, path)
    const kind = made.get(address)
    const outputs = kindsByName.get(kind ?? '')?.placeholders ?? {}
    if (kind === undefined) return [{ ...unmade(path, reference), position }]
    return Object.hasOwn(outputs, output) ? [] : [{ ...ungiven(path, reference, outputs), position }]
  })
}

const unmade = (path: Path, { $ref }: Reference): Omit<Problem, 'position'> => ({
  message: `${showPath(path)}: "${$ref}" refers to what this file does not make.`,
  advice:
    'Add it in its own section, or write the value out. An output is called by its address in the plan, `secret/NAME#version`.',
})

const ungiven = (
  path: Path,
  { $ref }: Reference,
  outputs: Readonly<Record<string, string>>,
): Omit<Problem, 'position'> => ({
  message: `${showPath(path)}: "${$ref}" is no value that is given.`,
  advice:
    Object.keys(outputs).length === 0
      ? 'Nothing can refer to it: write the value out.'
      : `After the # may stand: ${Object.keys(outputs).join(', ')}.`,
})

type Placed = readonly [Path, Reference]

const placedIn = (value: Json | undefined, path: Path = []): readonly Placed[] => {
  if (isReference(value)) return [[path, value]]
  if (isText(value))
    return value.$text.flatMap((part, index) =>
      isReference(part) ? [[[...path, '$text', String(index)], part] as const] : [],
    )
  if (Array.isArray(value)) return value.flatMap((item, index) => placedIn(item, [...path, String(index)]))
  return isObject(value)
    ? Object.entries(value).flatMap(([key, member]) => placedIn(member, [...path, key]))
    : []
}
