import { saidOnce } from '../core/hidden.ts'
import type { Json } from '../core/json.ts'
import { makePlan, versionOutput } from '../core/make-plan.ts'
import type { Note, Plan } from '../core/plan.ts'
import { isPosition, type Problem } from '../core/problem.ts'
import type { Address, Observed, Resource } from '../core/resource.ts'
import type { PlanningPorts, PrepareContext } from '../kinds/kind.ts'
import { baselineFor } from './baseline.ts'
import { wishesOf } from './beginnings.ts'
import { lookAround } from './look.ts'
import { type Kinds, kindOf } from './observe.ts'
import type { Baseline, Subject } from './subject.ts'

/** What a plan is made with. */
export interface PlanOptions {
  readonly kinds: Kinds
  readonly ports: PlanningPorts
  readonly engine: string
  /** Undefined: no trustworthy record. */
  readonly baseline: Baseline | undefined
  /** Identities that any file at this commit wants: they are never removed. */
  readonly wantedElsewhere: Pick<ReadonlySet<string>, 'has'>
  /** Files at this commit that cannot be read: nobody knows what they want, so nothing is removed meanwhile. */
  readonly unreadable?: readonly string[]
  /** Names of the environments at this commit: a mark of any other one is nobody's any more. Undefined: not known. */
  readonly environments?: ReadonlySet<string>
  /** Versions of secrets to go on using while they are enabled, by the secret's address. */
  readonly pins?: Readonly<Record<Address, string>>
}

/** A plan, and the specs that it was made from. */
export interface Planned {
  readonly plan: Plan
  readonly desired: readonly Resource[]
}

/** Plans one environment. Reads only. @throws GcpError, KubernetesError, HelmError for what stops a plan as a whole. */
export const planEnvironment = async (subject: Subject, options: PlanOptions): Promise<Plan> =>
  (await planWithSpecs(subject, options)).plan

/** The same, with the specs as they were compared. */
export const planWithSpecs = async (subject: Subject, options: PlanOptions): Promise<Planned> => {
  const { kinds, ports, baseline } = options
  const preparing = prepared(subject.resources, false, kinds, ports)
  const recording = prepared(baseline?.resources ?? [], true, kinds, ports)
  // Side by side, so that a plan takes as long as its longest chain of requests and no longer.
  const [desired, recorded, begun, looked] = await Promise.all([
    preparing,
    recording,
    wishesOf(
      baseline?.begun ?? [],
      kinds,
      async resources => (await prepared(resources, true, kinds, ports)).resources,
    ),
    lookAround(subject, options, { preparing, recording }),
  ])
  const { observed, notes } = pinned(looked.seen, options.pins ?? {})
  const plan = makePlan({
    environment: subject.name,
    project: subject.project,
    file: subject.file,
    engine: options.engine,
    desired: desired.resources,
    observed,
    baseline:
      baseline === undefined
        ? undefined
        : baselineFor(desired.resources, recorded.resources, baseline, kinds),
    ...(baseline === undefined ? {} : { baselineEngine: baseline.record.engine }),
    ...(baseline?.onlyBegun === undefined ? {} : { onlyBegun: baseline.onlyBegun }),
    begun,
    gone: looked.gone,
    deletable: subject.deletable,
    kinds,
    notes: [...subject.notes, ...desired.notes, ...notes, ...looked.notes],
    ...(subject.url === undefined ? {} : { url: subject.url }),
  })
  const problems = [...desired.problems, ...looked.problems, ...plan.problems, ...undecided(plan, options)]
  const at = isPosition(subject.projectAt) ? subject.projectAt : undefined
  return { plan: { ...plan, problems: saidOnce({ ...plan, problems }, at) }, desired: desired.resources }
}

/** Removals that must wait, because a file that cannot be read may want the same thing. */
const undecided = ({ steps }: Plan, { unreadable = [] }: PlanOptions): readonly Problem[] =>
  steps
    .filter(({ action }) => action === 'remove' && unreadable.length > 0)
    .map(({ address }) => ({
      address,
      message: `${address} cannot be removed yet: ${unreadable.join(', ')} cannot be read, and may want it too.`,
      advice: 'Mend that file first; `slipway validate` says what is wrong with it.',
    }))

interface Ready {
  readonly resources: readonly Resource[]
  readonly notes: readonly Note[]
  readonly problems: readonly Problem[]
}

/** Lets kinds fill in what needs reading, each kind once. */
const prepared = async (
  resources: readonly Resource[],
  recorded: boolean,
  kinds: Kinds,
  ports: PlanningPorts,
): Promise<Ready> => {
  const byAddress = new Map(resources.map(resource => [resource.address, resource]))
  const context: PrepareContext = {
    recorded,
    placeholder: (address, output) => {
      const target = byAddress.get(address)
      return target === undefined ? undefined : kindOf(kinds, target.kind).placeholders?.[output]
    },
  }
  const names = [...new Set(resources.map(({ kind }) => kind))].filter(
    name => kindOf(kinds, name).prepare !== undefined,
  )
  const results = await Promise.all(
    names.map(name =>
      kindOf(kinds, name).prepare?.(
        resources.filter(({ kind }) => kind === name),
        ports,
        context,
      ),
    ),
  )
  const replaced = new Map(results.flatMap(result => result?.resources ?? []).map(one => [one.identity, one]))
  return {
    resources: resources.map(resource => replaced.get(resource.identity) ?? resource),
    notes: results.flatMap(result => result?.notes ?? []),
    problems: results.flatMap(result => result?.problems ?? []),
  }
}

/**
 * Goes on using reviewed versions of secrets while they are enabled, and says so where a newer one is there. Once one is
 * not, its owner has taken it back: the latest enabled one is used, and that is said too.
 */
const pinned = (observed: ReadonlyMap<Address, Observed>, pins: Readonly<Record<Address, string>>) => {
  const notes: Note[] = []
  const result = new Map(observed)
  for (const [address, version] of Object.entries(pins)) {
    const seen = observed.get(address)
    if (seen?.state !== 'present' || seen.outputs[versionOutput] === version) continue
    const { enabled } = seen.outputs
    if (!Array.isArray(enabled) || !enabled.includes(version)) {
      notes.push(takenBack(address, version, seen.outputs[versionOutput]))
      continue
    }
    result.set(address, { ...seen, outputs: { ...seen.outputs, [versionOutput]: version } })
    notes.push({
      level: 'info',
      address,
      message: `${address}: version ${version} was reviewed and is used; ${seen.outputs[versionOutput]} is newer.`,
    })
  }
  return { observed: result as ReadonlyMap<Address, Observed>, notes }
}

const takenBack = (address: Address, version: string, latest: Json | undefined): Note => ({
  level: 'warning',
  address,
  message: `${address}: version ${version} was reviewed and is no longer enabled; ${
    latest === undefined ? 'no other one is.' : `version ${String(latest)} is used.`
  }`,
  advice: 'If that was not meant, enable it again (gcloud secrets versions enable) and apply once more.',
})
