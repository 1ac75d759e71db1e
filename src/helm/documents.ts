import { constructFromEvents, EVENT_ALIAS, parseEvents } from 'js-yaml'
import { isObject, type Json, type JsonObject } from '../core/json.ts'
import { asGoReads } from './go-yaml.ts'
import { HelmError } from './port.ts'

/** One document of a stream of manifests. */
export interface ManifestDocument {
  readonly object: JsonObject
  /** The template that made it: the `# Source:` comment before it, or ''. */
  readonly source: string
}

/** Most values that aliases may unfold to. */
const mostValues = 1_000_000

/** Helm writes one before each document; a file of `crds/` may hold several documents after one. */
const sourceLine = /^# Source: (.+)$/m

/** Parses YAML the way Kubernetes does. `what` names it in errors. @throws HelmError */
export const parseYaml = (text: string, what: string): readonly ManifestDocument[] => {
  const [before = '', ...parts] = text.split(sourceLine)
  return [
    ...objectsIn(before, '', what),
    ...parts.flatMap((source, index) =>
      index % 2 === 0 ? objectsIn(parts[index + 1] ?? '', source.trim(), what) : [],
    ),
  ]
}

/** The first document of a text, `{}` if there is none. @throws HelmError */
export const parseOne = (text: string, what: string): JsonObject => parseYaml(text, what)[0]?.object ?? {}

const objectsIn = (text: string, source: string, what: string): readonly ManifestDocument[] =>
  valuesIn(text, source === '' ? what : `${what}, from ${source},`)
    .filter(isObject)
    .map(object => ({ object, source }))

const valuesIn = (text: string, what: string): readonly Json[] => {
  try {
    const events = parseEvents(text, {})
    const values = constructFromEvents(events, { source: text, schema: asGoReads, json: true }) as Json[]
    return events.some(({ type }) => type === EVENT_ALIAS) ? values.map(unfolded()) : values
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n')
    throw new HelmError(`${what} is not valid YAML: ${reason}`)
  }
}

/** Copies values so that nothing is shared between them, as far as that stays within bounds. */
const unfolded = (): ((value: Json) => Json) => {
  let left = mostValues
  const copy = (value: Json): Json => {
    left -= 1
    if (left < 0) throw new RangeError(`its aliases unfold to more than ${mostValues} values`)
    if (Array.isArray(value)) return value.map(copy)
    if (!isObject(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, copy(member)]))
  }
  return copy
}
