import { equal, isObject, type Json, type Path, showPath, valueAt } from '../core/json.ts'
import type { Plan, Step } from '../core/plan.ts'
import { isPosition, type Problem, ProblemsError } from '../core/problem.ts'
import { skypilotServices } from '../environment/presets/skypilot-google.ts'
import type { Tree } from '../environment/tree.ts'
import { parseYaml } from '../environment/yaml.ts'
import { type Draft, drop, put } from './draft.ts'

/** What a draft comes to: problems of the file, or the plan that it makes. */
export type Tried = { readonly problems: readonly Problem[] } | { readonly plan: Plan }

/** A draft that makes the least of a plan, and that plan. */
export interface Fitted {
  readonly draft: Draft
  readonly plan: Plan
}

/** Rounds after which nothing more is to be expected. */
const most = 40

/**
 * Changes a draft until it can be read and its plan changes nothing that the file can leave as it is: live values are
 * written down, what is missing is left out. @throws ProblemsError if it cannot be made a valid file.
 */
export const fitToPlan = async (
  draft: Draft,
  textOf: (draft: Draft) => string,
  attempt: (text: string) => Promise<Tried>,
): Promise<Fitted> => {
  let current = draft
  for (let round = 1; ; round++) {
    const text = textOf(current)
    const tried = await attempt(text)
    const invalid = 'problems' in tried
    const better = invalid ? repaired(current, text, tried.problems) : settled(current, tried.plan)
    if (better !== undefined && round < most) current = better
    else if (invalid) throw new ProblemsError(tried.problems)
    else return { draft: current, plan: tried.plan }
  }
}

/** Without the first value that a problem is about; a release goes as a whole. Undefined: no value can be blamed. */
const repaired = (draft: Draft, text: string, problems: readonly Problem[]): Draft | undefined => {
  const { tree } = parseYaml('file', text)
  if (tree === undefined) return undefined
  for (const problem of problems) {
    const path = isPosition(problem.position) ? pathAt(tree, problem.position) : undefined
    if (path === undefined || !mayGo(path)) continue
    const gone = wholeOf(path)
    const why = `Slipway cannot say it: ${problem.message}${problem.advice === undefined ? '' : ` ${problem.advice}`}`
    return drop(draft, gone, { what: showPath(gone), why })
  }
  return undefined
}

/** What a value goes with: a release as a whole, and an entry with what it is found by, or another one would be made. */
const wholeOf = (path: Path): Path => {
  if (path[0] === 'releases') return path.slice(0, 2)
  return ['name', 'id', 'type', 'region'].includes(path.at(-1) ?? '') && path.length > 2
    ? path.slice(0, -1)
    : path
}

/** What makes the file what it is stays; where that is wrong, another form has to be found. */
const mayGo = ([section, ...rest]: Path): boolean =>
  section !== undefined &&
  !['name', 'app', 'project', 'location', 'state', 'names', 'release', 'login'].includes(section) &&
  (rest.length > 0 || ['services', 'database', 'cluster'].includes(section))

/** The innermost value that begins at a place, by its key or by itself. */
const pathAt = (tree: Tree, place: { readonly line: number; readonly column: number }): Path | undefined => {
  let found: Path | undefined
  const at = (source: object) =>
    'line' in source && 'column' in source && source.line === place.line && source.column === place.column
  const walk = (here: Tree, path: Path): void => {
    if (path.length > 0 && at(here.source)) found = path
    if (here.type === 'list')
      for (const [index, item] of here.items.entries()) walk(item, [...path, String(index)])
    if (here.type !== 'map') return
    for (const [key, member] of here.members) {
      if (at(member.key)) found = [...path, key]
      walk(member.value, [...path, key])
    }
  }
  walk(tree, [])
  return found
}

/** With live values written down for everything that the plan would change; undefined: there is nothing left to do. */
const settled = (draft: Draft, plan: Plan): Draft | undefined => {
  const next = plan.steps.reduce(settledStep, draft)
  return next === draft ? undefined : next
}

const settledStep = (draft: Draft, step: Step): Draft => {
  if (step.action === 'create') return withoutCreate(draft, step)
  const section = sectionOf(step.address)
  if (section === undefined || !['update', 'adopt'].includes(step.action)) return draft
  return step.changes.reduce((made, { path, from, to }) => {
    if (path[0] === 'mark') return made
    const at = [...section, ...path]
    if (from !== undefined) return equal(valueAt(made.document, at), from) ? made : put(made, at, from)
    return withoutValue(made, at, to)
  }, draft)
}

/** Nothing is there: a line of the file goes, one of the preset is taken away. */
const withoutValue = (draft: Draft, at: Path, to: Json | undefined): Draft => {
  const own = valueAt(draft.document, at)
  if (own === null || (own === undefined && draft.document.app === undefined)) return draft
  const fromPreset = draft.document.app !== undefined && to !== undefined
  return fromPreset ? put(draft, at, null, 'there is none') : drop(draft, at)
}

/** Where the file says what the plan calls by an address. */
const sectionOf = (address: string): Path | undefined => {
  const at = address.indexOf('/')
  const [kind, name] = [address.slice(0, at), address.slice(at + 1)]
  switch (kind) {
    case 'cluster':
      return ['cluster']
    case 'sql-instance':
      return ['database']
    case 'node-pool':
      return ['nodePools', name]
    case 'service-account':
      return ['serviceAccounts', name]
    case 'address':
      return ['addresses', name]
    case 'sql-database':
      return ['database', 'databases', name]
    case 'sql-user':
      return ['database', 'users', name]
    default:
      return undefined
  }
}

/** APIs that are off and roles that nobody has are not asked for; whatever else is missing is the reader's to judge. */
const withoutCreate = (draft: Draft, { kind, spec }: Step): Draft => {
  if (kind === 'service') return withoutService(draft, String(spec.service).replace(/\.googleapis\.com$/, ''))
  return kind === 'grant' ? withoutGrant(draft, spec) : draft
}

const withoutService = (draft: Draft, service: string): Draft => {
  const { services = skypilotServices } = draft.document
  const left = Array.isArray(services) ? services.filter(one => one !== service) : []
  return put(draft, ['services'], left, 'those that are on')
}

/** Only the roles of the preset's own account: without them the server worked so far. */
const withoutGrant = (draft: Draft, { role, target }: Step['spec']): Draft => {
  if (draft.document.app === undefined) return draft
  const account = ['serviceAccounts', 'skypilot']
  if (isObject(target) && target.serviceAccount !== undefined)
    return role === 'roles/iam.workloadIdentityUser'
      ? put(draft, [...account, 'workloadIdentity'], null)
      : draft
  const given = valueAt(draft.document, [...account, 'roles'])
  const roles = Array.isArray(given) ? given : ['roles/cloudsql.client', 'roles/cloudsql.instanceUser']
  return put(
    draft,
    [...account, 'roles'],
    roles.filter(one => one !== role),
  )
}
