import type { JsonObject } from '../core/json.ts'
import type { Position, Problem } from '../core/problem.ts'
import { checkAll } from './checks/all.ts'
import type { Checked } from './checks/check.ts'
import { withDefaults } from './defaults.ts'
import { documentSchema } from './document.ts'
import type { LoadContext, Loaded } from './environment.ts'
import { explain, ownSentence } from './explain.ts'
import { documentJsonSchema, fileJsonSchema } from './json-schema.ts'
import { hints } from './later.ts'
import { maxProblems } from './limits.ts'
import type { LongForm } from './made.ts'
import { environmentOf } from './make.ts'
import { expandSkypilot } from './presets/skypilot.ts'
import { type ReadHeader, readHeader } from './read-header.ts'
import { type MapTree, memberOf, toObject } from './tree.ts'
import { whatItIs } from './words.ts'
import { parseYaml } from './yaml.ts'

/** Reads one environment file. Never throws: what is wrong comes back, with places. Pure. */
export const loadEnvironment = (file: string, text: string, context: LoadContext = {}): Loaded => {
  const start: Position = { file, line: 1, column: 1 }
  const { tree, problems } = parseYaml(file, text)
  if (tree === undefined) return { problems: problems.length > 0 ? problems : [empty(start)] }
  if (tree.type !== 'map') return { problems: [...problems, notAMap(whatItIs(tree), start)] }
  try {
    return loadTree(file, tree, problems, start, context)
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    return {
      problems: [
        { message: `Slipway cannot make sense of this file: ${said}`, advice: report, position: start },
      ],
    }
  }
}

const report = 'This should not happen. Please report it with the file.'

const fourLines = 'An environment begins with `app: skypilot`, `project:`, `location:` and `state: cloudsql`.'

const empty = (position: Position): Problem => ({
  message: 'the file is empty.',
  advice: fourLines,
  position,
})

const notAMap = (what: string, position: Position): Problem => ({
  message: `expected a map (\`key: value\` lines), got ${what}.`,
  advice: fourLines,
  position,
})

const loadTree = (
  file: string,
  tree: MapTree,
  early: readonly Problem[],
  start: Position,
  { applierOf }: LoadContext,
): Loaded => {
  const read = readHeader(file, tree, { tree, schema: fileJsonSchema, start, hints })
  const applier = applierOf?.(read.header.project)
  const long = longForm(read, applier)
  const parsed = documentSchema.safeParse(toObject(long.tree), ownSentence)
  const found = parsed.success
    ? []
    : explain(parsed.error.issues, { tree: long.tree, schema: schemaFor(read), start, hints })
  const problems = oneForPlace(early, [...read.problems, ...shortProblems(read), ...found])
  if (!parsed.success || problems.length > 0) return { problems: sorted(problems) }
  const { header } = read
  const checked: Checked = { header, document: toObject(long.tree), tree: long.tree, start }
  const checks = checkAll(checked)
  if (checks.problems.length > 0) return { problems: sorted(checks.problems) }
  const projectAt = memberOf(tree, 'project')?.value.source
  const made = environmentOf({ ...long, file, checked, applier, notes: checks.notes, projectAt })
  return 'problems' in made ? { problems: sorted(made.problems) } : made
}

const longForm = ({ header, sections }: ReadHeader, applier: string | undefined): LongForm => {
  if (header.app === undefined) return { tree: withDefaults(sections, header), overridden: [] }
  const expanded = expandSkypilot(header, sections, { applierKnown: applier !== undefined })
  return { ...expanded, tree: withDefaults(expanded.tree, header) }
}

/** The keys that suggestions are made of: with a preset, its short words too. */
const schemaFor = ({ header }: ReadHeader): (() => JsonObject) =>
  header.app === undefined ? documentJsonSchema : fileJsonSchema

const shortProblems = ({ header, sections }: ReadHeader): readonly Problem[] => {
  const auth = memberOf(memberOf(sections, 'database')?.value, 'auth')?.value
  const name = header.names?.release ?? 'skypilot'
  const [short, long] = [memberOf(sections, 'release'), memberOf(memberOf(sections, 'releases')?.value, name)]
  const wrongAuth =
    auth !== undefined && !(auth.type === 'leaf' && (auth.value === 'iam' || auth.value === 'password'))
  return [
    ...(header.app !== undefined && wrongAuth && 'file' in auth.source
      ? [{ message: 'auth: is iam or password.', advice: 'Leave it out for iam.', position: auth.source }]
      : []),
    ...(short !== undefined && long !== undefined && 'file' in short.key
      ? [
          {
            message: `release: and releases.${name} are the same release.`,
            advice: 'Keep one of them.',
            position: short.key,
          },
        ]
      : []),
  ]
}

/** What is wrong at a place for a first reason is not wrong there for a second. */
const oneForPlace = (first: readonly Problem[], then: readonly Problem[]): readonly Problem[] => {
  const taken = new Set(first.map(({ position }) => `${position?.line}:${position?.column}`))
  return [...first, ...then.filter(({ position }) => !taken.has(`${position?.line}:${position?.column}`))]
}

const sorted = (problems: readonly Problem[]): readonly Problem[] => {
  const unique = [...new Map(problems.map(one => [JSON.stringify(one), one])).values()]
  const line = ({ position }: Problem) => (position?.line ?? 0) * 10_000 + (position?.column ?? 0)
  const all = unique.sort((a, b) => line(a) - line(b))
  const next = all[maxProblems]
  if (next === undefined) return all
  const more = `there are ${all.length - maxProblems} more problems from here on.`
  const position = next.position === undefined ? {} : { position: next.position }
  return [...all.slice(0, maxProblems), { message: more, advice: 'Mend the others first.', ...position }]
}
