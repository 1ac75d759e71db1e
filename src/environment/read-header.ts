import type { Position, Problem } from '../core/problem.ts'
import { type Explaining, explain, ownSentence } from './explain.ts'
import { type Header, headerSchema, isEnvironmentName, nameRule } from './header.ts'
import { refusedForNow } from './later.ts'
import { type MapTree, memberOf, toObject, withMembers } from './tree.ts'

/** The header, its problems, and the rest of the file. */
export interface ReadHeader {
  /** What it says; where it is wrong, something that lets the rest be checked all the same. */
  readonly header: Header & { readonly name: string }
  readonly problems: readonly Problem[]
  readonly sections: MapTree
}

const headerKeys = Object.keys(headerSchema.shape)
const presetKeys = ['state', 'login', 'names', 'release']
const stand = { name: 'environment', project: 'project-id', location: 'us-central1' }

/** Reads the lines that every file has. */
export const readHeader = (file: string, tree: MapTree, explaining: Explaining): ReadHeader => {
  const own = withMembers(
    tree,
    Object.fromEntries(
      [...tree.members.keys()].filter(key => !headerKeys.includes(key)).map(key => [key, undefined]),
    ),
  )
  const early = refusedForNow(tree)
  const parsed = headerSchema.safeParse(toObject(own), ownSentence)
  const found = parsed.success ? [] : explain(parsed.error.issues, { ...explaining, tree: own })
  const problems = found.filter(({ position }) => !early.some(one => same(one.position, position)))
  const header = parsed.success ? parsed.data : salvage(own)
  const base = baseName(file)
  return {
    header: { ...header, name: header.name ?? (isEnvironmentName(base) ? base : stand.name) },
    problems: [
      ...early,
      ...problems,
      ...(memberOf(tree, 'name') === undefined ? wrongBase(base, explaining.start) : []),
      ...appProblems(tree, explaining.start),
    ],
    sections: withMembers(tree, Object.fromEntries([...headerKeys, 'config'].map(key => [key, undefined]))),
  }
}

const same = (a: Position | undefined, b: Position | undefined): boolean =>
  a !== undefined && a.line === b?.line && a.column === b.column

/** Whatever is right in a header that is wrong, key by key. */
const salvage = (tree: MapTree): Header => {
  const values = toObject(tree)
  const right = Object.entries(headerSchema.shape).flatMap(([key, schema]) => {
    const parsed = schema.safeParse(values[key])
    return parsed.success && parsed.data !== undefined ? [[key, parsed.data] as const] : []
  })
  return {
    project: stand.project,
    location: stand.location,
    ...(Object.fromEntries(right) as Partial<Header>),
  }
}

const baseName = (file: string): string => (file.split('/').at(-1) ?? file).replace(/\.ya?ml$/, '')

const wrongBase = (base: string, start: Position): readonly Problem[] =>
  isEnvironmentName(base)
    ? []
    : [
        {
          message: `the file's base name is not the name of an environment: it ${nameRule}.`,
          advice: 'Rename the file, or add a line `name: …`.',
          position: start,
        },
      ]

/** A preset needs to know where the state goes, and its words need a preset. */
const appProblems = (tree: MapTree, start: Position): readonly Problem[] => {
  const app = memberOf(tree, 'app')
  if (app !== undefined) {
    const known = app.value.type === 'leaf' && app.value.value === 'skypilot'
    if (!known || memberOf(tree, 'state') !== undefined) return []
    const advice = 'Add a line `state: cloudsql`.'
    const position = 'file' in app.key ? app.key : start
    return [
      {
        message: 'state: is missing: with `app: skypilot` it says where the state is kept.',
        advice,
        position,
      },
    ]
  }
  return presetKeys.flatMap(key => {
    const member = memberOf(tree, key)
    if (member === undefined || !('file' in member.key)) return []
    const message = `${key}: only a file with \`app: skypilot\` has it.`
    return [{ message, advice: 'Add that line, or take this one out.', position: member.key }]
  })
}
