import type { Clock } from '../core/clock.ts'
import { type Reviewed, type Uncovered, uncovered } from '../core/coverage.ts'
import { digestOf } from '../core/digest.ts'
import type { Result } from '../core/outcome.ts'
import { isEmpty, type Plan, planDigest, type Step } from '../core/plan.ts'
import type { Problem } from '../core/problem.ts'
import type { ApplyRecord, OpenRecord } from '../core/record.ts'
import { type Outputs, type Resolver, resolve } from '../core/reference.ts'
import type { Address, Resource } from '../core/resource.ts'
import type { ApplyingPorts, PlanningPorts } from '../kinds/kind.ts'
import { alreadySo } from './already.ts'
import type { Executed, ExecutionEvent } from './execute.ts'
import { begun, closed } from './keep-record.ts'
import type { Kinds } from './observe.ts'
import { executePhases } from './phases.ts'
import { type PlanOptions, planWithSpecs } from './plan.ts'
import { leftAfter } from './second-look.ts'
import type { Baseline, Subject } from './subject.ts'

/** What an apply is made with. */
export interface ApplyOptions {
  readonly kinds: Kinds
  /** Planning ports with an empty memory, each time anew. */
  readonly planning: () => PlanningPorts
  readonly applying: ApplyingPorts
  readonly engine: string
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly baseline: Baseline | undefined
  readonly wantedElsewhere: Pick<ReadonlySet<string>, 'has'>
  readonly unreadable?: readonly string[]
  readonly environments?: ReadonlySet<string>
  readonly reviewed: Reviewed
  /** Writes the record before the first write; undefined: nobody keeps records here. */
  readonly begin: ((record: Pick<ApplyRecord, 'identities' | 'charts'>) => Promise<OpenRecord>) | undefined
  readonly onEvent: (event: ExecutionEvent) => void
  readonly scrub: (text: string) => string
}

/** How an apply ended. */
export type Applied =
  /** The fresh plan has problems, or does something that nobody reviewed: nothing was written. */
  | {
      readonly ended: 'refused'
      readonly plan: Plan
      readonly digest: string
      readonly uncovered: readonly Uncovered[]
    }
  | { readonly ended: 'done'; readonly plan: Plan; readonly result: Result }

/**
 * Plans again, checks that everything was reviewed (law 5), records, carries out, and looks again until nothing is
 * left (law 9). @throws GcpError, KubernetesError, HelmError where the fresh plan cannot be made.
 */
export const applyEnvironment = async (subject: Subject, options: ApplyOptions): Promise<Applied> => {
  const started = options.clock.now()
  const pins = Object.assign({}, ...options.reviewed.plans.map(plan => plan.pins)) as Record<Address, string>
  const { plan, desired } = await planWithSpecs(subject, planOptions(options, pins))
  const missing = uncovered(plan, options.reviewed)
  if (plan.problems.length > 0 || missing.length > 0)
    return { ended: 'refused', plan, digest: planDigest(plan), uncovered: missing }
  // Nothing is begun any more once the run was asked to stop: every step will say so.
  const begin = options.signal.aborted ? undefined : options.begin
  const record = await begun(subject.name, begin?.(contentsOf(subject, plan, options.baseline)))
  try {
    const already = alreadySo(plan, options.reviewed.plans, { ...options, desired })
    for (const outcome of already)
      options.onEvent({ event: 'end', address: outcome.address, at: started, outcome })
    const executed = isEmpty(plan)
      ? nothingToDo(plan)
      : await executePhases(subject, plan, { ...options, ports: options.applying })
    const left = isEmpty(plan)
      ? []
      : await leftAfter(subject, executed.outcomes, {
          ...options,
          planning: () => planOptions(options, pins),
        })
    const result = resultOf(
      subject,
      { ...executed, outcomes: [...executed.outcomes, ...already] },
      left,
      (options.clock.now() - started) / 1000,
    )
    return { ended: 'done', plan, result: await closed(record, result, closing(result), options) }
  } catch (error) {
    // What went wrong first is what has to be told.
    await record
      ?.close('failure', { description: 'the run could not be brought to its end' })
      .catch(() => undefined)
    throw error
  }
}

const planOptions = (options: ApplyOptions, pins: Readonly<Record<Address, string>>): PlanOptions => ({
  kinds: options.kinds,
  ports: options.planning(),
  engine: options.engine,
  baseline: options.baseline,
  wantedElsewhere: options.wantedElsewhere,
  unreadable: options.unreadable ?? [],
  ...(options.environments === undefined ? {} : { environments: options.environments }),
  pins,
})

/**
 * What the record says: everything that the environment owns, with a digest each. Should this apply fail, nothing else is
 * ever taken away for it: what it was only about to adopt, and what carries no mark and was there before, is not in it.
 */
const contentsOf = (
  { resources }: Subject,
  plan: Plan,
  baseline: Baseline | undefined,
): Pick<ApplyRecord, 'identities' | 'charts'> => ({
  identities: Object.fromEntries(
    resources.filter(isOwned(plan, baseline)).map(({ identity, spec }) => [identity, digestOf(spec)]),
  ),
  charts: Object.fromEntries(
    plan.steps.flatMap(({ address, spec }) => {
      const { chart } = spec
      return typeof chart === 'object' && chart !== null && 'sha256' in chart
        ? [[address, String(chart.sha256)]]
        : []
    }),
  ),
})

const isOwned = ({ steps }: Plan, baseline: Baseline | undefined) => {
  const having = (wanted: Step['action']) => steps.filter(({ action }) => action === wanted)
  const identities = (of: readonly Pick<Resource, 'identity'>[]) =>
    new Set(of.map(({ identity }) => identity))
  const owned = identities([...having('create'), ...(baseline?.resources ?? [])])
  const adopted = identities(having('adopt'))
  return ({ identity, spec }: Resource): boolean =>
    owned.has(identity) || ('mark' in spec && !adopted.has(identity))
}

const nothingToDo = (plan: Plan): Executed => ({
  outcomes: [],
  outputs: new Map(Object.entries(plan.outputs)),
})

const resultOf = (
  subject: Subject,
  { outcomes, outputs }: Executed,
  left: readonly Problem[],
  seconds: number,
): Result => {
  const lookUp: Resolver = (address, output) => outputs.get(address)?.[output]
  const url = subject.url === undefined ? undefined : resolve(subject.url, lookUp)
  const health = [...outputs.values()].map((one: Outputs) => one.health).find(one => typeof one === 'string')
  return {
    environment: subject.name,
    outcomes,
    seconds,
    left,
    ...(typeof url === 'string' ? { url } : {}),
    ...(typeof health === 'string' ? { health } : {}),
  }
}

const closing = ({
  outcomes,
  left,
  url,
}: Result): { readonly description: string; readonly url?: string } => {
  const already = outcomes.filter(({ ending }) => ending === 'already').length
  const applied = outcomes.filter(({ ending }) => ending === 'applied').length
  const failed = outcomes.length - applied - already
  const description =
    failed + left.length === 0
      ? `${applied} applied${already === 0 ? '' : `, ${already} already so`}`
      : `${failed} of ${applied + failed} not applied, ${left.length} left over`
  return { description, ...(url === undefined ? {} : { url }) }
}
