import { valueAt } from '../core/json.ts'
import { isPosition, type Position, type Problem } from '../core/problem.ts'
import type { Resource } from '../core/resource.ts'
import type { Environment, LoadContext, Loaded } from './environment.ts'
import { loadEnvironment } from './load.ts'

/** A file that was read: its path inside the repository and its text. */
export interface EnvironmentFile {
  readonly file: string
  readonly text: string
}

/** All files, each by itself, and what is wrong between them. */
export interface LoadedAll {
  readonly files: ReadonlyMap<string, Loaded>
  /** Each at the file that comes later, or that takes what is named after the other. */
  readonly problems: readonly Problem[]
}

/** Reads all environment files of a repository. */
export const loadAll = (files: readonly EnvironmentFile[], context: LoadContext = {}): LoadedAll => {
  const loaded = new Map(files.map(({ file, text }) => [file, loadOne(file, text, context)] as const))
  const environments = [...loaded.values()].flatMap(one => ('environment' in one ? [one.environment] : []))
  return { files: loaded, problems: betweenFiles(environments) }
}

/** One file, from memory where the same text was read for the same applier. */
const loadOne = (file: string, text: string, context: LoadContext): Loaded => {
  const { memory, applierOf } = context
  const key = `${file}\n${text}`
  const known = memory?.get(key)
  if (known !== undefined && applierOf?.(known.environment.project) === known.applier) return known
  const loaded = loadEnvironment(file, text, context)
  if ('environment' in loaded)
    memory?.set(key, { ...loaded, applier: applierOf?.(loaded.environment.project) })
  return loaded
}

/** What several environments must not have in common. */
export const betweenFiles = (environments: readonly Environment[]): readonly Problem[] => {
  const first = new Map(environments.toReversed().map(environment => [environment.name, environment]))
  const distinct = [...first.values()].toReversed()
  return [
    ...clashes(environments, namesOf),
    ...[identitiesOf, workloadsOf, clusterWideOf].flatMap(ownOf => clashes(distinct, ownOf)),
  ]
}

/** Something that only one environment may have. */
interface Own {
  readonly id: string
  readonly position: Position
  /** True if it has this environment's name, so that it is the other's that takes it. */
  readonly named?: boolean
  readonly clash: (other: Environment, inside: number) => Pick<Problem, 'message' | 'advice'>
}

interface Claimed {
  readonly environment: Environment
  readonly own: Own
}

const clashes = (
  environments: readonly Environment[],
  ownOf: (environment: Environment) => readonly Own[],
): readonly Problem[] => {
  const first = new Map<string, Claimed>()
  const found = environments.flatMap(environment =>
    ownOf(environment).flatMap(own => {
      const claimed = { environment, own }
      const before = first.get(own.id)
      if (before === undefined) first.set(own.id, claimed)
      if (before === undefined || before.environment === environment) return []
      const taken = own.named === true && before.own.named !== true
      return [taken ? { ...before, by: environment } : { ...claimed, by: before.environment }]
    }),
  )
  // What is in something that two own is theirs by that: it is counted, not said again.
  const holds = ({ own: { id } }: Claimed, { own }: Claimed) => own.id.startsWith(`${id}/`)
  return found
    .filter(one => !found.some(other => holds(other, one)))
    .map(one => ({
      ...one.own.clash(one.by, found.filter(other => holds(one, other)).length),
      position: one.own.position,
    }))
}

const startOf = ({ file }: Environment): Position => ({ file, line: 1, column: 1 })

const namesOf = (environment: Environment): readonly Own[] => [
  {
    id: environment.name,
    position: startOf(environment),
    clash: other => ({
      message: `the environment ${environment.name} is already in ${other.file}.`,
      advice: 'Give one of them another `name:`.',
    }),
  },
]

/** Services, grants and secrets that somebody else brings can be wanted by many. */
const isClaim = ({ kind, spec }: Resource): boolean =>
  kind === 'service' || kind === 'grant' || (kind === 'secret' && spec.generate === undefined)

const identitiesOf = (environment: Environment): readonly Own[] =>
  environment.resources
    .filter(resource => !isClaim(resource))
    .map(({ identity, address, sources }) => ({
      id: identity,
      position: [sources.name, sources['']].find(isPosition) ?? startOf(environment),
      named: isNamedAfter(identity, environment.name),
      clash: (other, inside) => ({
        message: `${address}: ${other.file} owns this too${inside === 0 ? '' : `, and ${inside} more in it`}: ${identity}.`,
        advice: `Give it another name here, or leave it to ${other.name}: \`use: [${address}]\`, for a cluster \`cluster: {use: …}\`.`,
      }),
    }))

/** Names that are not given in the file are the environment's, or begin with it. */
const isNamedAfter = (identity: string, name: string): boolean =>
  identity.split('/').some(part => part === name || part.startsWith(`${name}-`))

const workloadsOf = (environment: Environment): readonly Own[] =>
  environment.workloads.map(workload => ({
    id: workload,
    position: startOf(environment),
    clash: other => ({
      message: `${workload} is also an identity of ${other.file}: the pool is the project's, so both would be one.`,
      advice: 'Give one of them another namespace or service account: `names.kubernetesServiceAccount`.',
    }),
  }))

/** What the SkyPilot chart makes for the whole cluster: roles by the release's name, and an IngressClass. */
const clusterWideOf = (environment: Environment): readonly Own[] =>
  environment.resources
    .filter(({ kind, spec }) => kind === 'release' && valueAt(spec, ['chart', 'name']) === 'skypilot')
    .map(({ name, address, spec, sources }) => ({
      id: JSON.stringify([spec.cluster, name]),
      named: isNamedAfter(String(valueAt(spec, ['cluster', 'name'])), environment.name),
      position: isPosition(sources['']) ? sources[''] : startOf(environment),
      clash: other => ({
        message: `${address}: ${other.file} puts a release of this name on the same cluster, and both would own the same ClusterRoles.`,
        advice: 'Give one of them another name: `names.release`.',
      }),
    }))
