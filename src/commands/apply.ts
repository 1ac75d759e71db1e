import type { Clock } from '../core/clock.ts'
import { type Reviewed, type Uncovered, uncovered } from '../core/coverage.ts'
import { digestOf } from '../core/digest.ts'
import { showPath } from '../core/json.ts'
import type { Outcome, Result } from '../core/outcome.ts'
import { succeeded } from '../core/outcome.ts'
import { isEmpty, type Plan, planDigest } from '../core/plan.ts'
import type { Problem } from '../core/problem.ts'
import type { ApplyRecord, OpenRecord } from '../core/record.ts'
import { type Outputs, type Resolver, resolve } from '../core/reference.ts'
import type { Address } from '../core/resource.ts'
import type { ApplyingPorts, PlanningPorts } from '../kinds/kind.ts'
import { type Executed, type ExecuteOptions, type ExecutionEvent, execute } from './execute.ts'
import { type Kinds, observeAll } from './observe.ts'
import { type PlanOptions, planEnvironment } from './plan.ts'
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
  readonly wantedElsewhere: ReadonlySet<string>
  readonly reviewed: Reviewed
  /** Writes the record before the first write; undefined: nobody keeps records here. */
  readonly begin:
    | ((record: Pick<ApplyRecord, 'identities' | 'charts'>, plan: Plan) => Promise<OpenRecord>)
    | undefined
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
  const plan = await planEnvironment(subject, planOptions(options, pins))
  const missing = uncovered(plan, options.reviewed)
  if (plan.problems.length > 0 || missing.length > 0)
    return { ended: 'refused', plan, digest: planDigest(plan), uncovered: missing }
  const record = await options.begin?.(contentsOf(subject, plan), plan)
  try {
    const executed = isEmpty(plan) ? nothingToDo(plan) : await executePhases(subject, plan, options)
    const left = await leftAfter(subject, executed.outcomes, options, pins)
    const result = resultOf(subject, executed, left, (options.clock.now() - started) / 1000)
    await record?.close(succeeded(result) ? 'success' : 'failure', closing(result))
    return { ended: 'done', plan, result }
  } catch (error) {
    await record?.close('failure', { description: 'the run could not be brought to its end' })
    throw error
  }
}

const planOptions = (options: ApplyOptions, pins: Readonly<Record<Address, string>>): PlanOptions => ({
  kinds: options.kinds,
  ports: options.planning(),
  engine: options.engine,
  baseline: options.baseline,
  wantedElsewhere: options.wantedElsewhere,
  pins,
})

/** What the record says: everything that the environment owns, with a digest each. */
const contentsOf = (subject: Subject, plan: Plan): Pick<ApplyRecord, 'identities' | 'charts'> => ({
  identities: Object.fromEntries(subject.resources.map(({ identity, spec }) => [identity, digestOf(spec)])),
  charts: Object.fromEntries(
    plan.steps.flatMap(({ address, spec }) => {
      const { chart } = spec
      return typeof chart === 'object' && chart !== null && 'sha256' in chart
        ? [[address, String(chart.sha256)]]
        : []
    }),
  ),
})

const nothingToDo = (plan: Plan): Executed => ({
  outcomes: [],
  outputs: new Map(Object.entries(plan.outputs)),
})

/**
 * Services first. What was assumed absent because its API was off is then looked at; anything that turns out to be
 * there stops the run before it is touched.
 */
const executePhases = async (subject: Subject, plan: Plan, options: ApplyOptions): Promise<Executed> => {
  const assumed = plan.steps.filter(
    ({ action, about }) => action === 'create' && about?.includes('.googleapis.com is off'),
  )
  if (assumed.length === 0) return execute(plan, executeOptions(options))
  const services = plan.steps.filter(({ kind }) => kind === 'service')
  const rest = plan.steps.filter(({ kind }) => kind !== 'service')
  const first = await execute({ ...plan, steps: services }, executeOptions(options))
  const leave = (ending: Outcome['ending'], problem?: Problem): Executed => {
    const left = rest.map(({ address }) => ({
      address,
      ending,
      summary: '',
      seconds: 0,
      ...(problem === undefined ? {} : { problem }),
    }))
    return { outcomes: [...first.outcomes, ...left], outputs: first.outputs }
  }
  if (first.outcomes.some(({ ending }) => ending !== 'applied')) return leave('skipped')
  const surprise = (await found(subject, new Set(assumed.map(({ address }) => address)), options))[0]
  if (surprise !== undefined) return leave('stopped', surprise)
  const outputs = { ...plan.outputs, ...Object.fromEntries(first.outputs) }
  const second = await execute({ ...plan, outputs, steps: rest }, executeOptions(options))
  return { outcomes: [...first.outcomes, ...second.outcomes], outputs: second.outputs }
}

const executeOptions = ({
  kinds,
  applying,
  clock,
  signal,
  onEvent,
  scrub,
}: ApplyOptions): ExecuteOptions => ({
  kinds,
  ports: applying,
  clock,
  signal,
  onEvent,
  scrub,
})

/** Looks at what was assumed absent, through a reader that waits until a fresh API answers. */
const found = async (
  subject: Subject,
  addresses: ReadonlySet<Address>,
  options: ApplyOptions,
): Promise<readonly Problem[]> => {
  const resources = subject.resources.filter(({ address }) => addresses.has(address))
  const ports: PlanningPorts = { ...options.planning(), gcp: options.applying.gcp }
  const seen = await observeAll(options.kinds, resources, ports)
  return [...seen].flatMap(([address, observed]) => {
    if (observed.state === 'absent') return []
    if (observed.state === 'unknown') return [observed.problem]
    if (observed.mark === subject.name) return []
    const message = `${address} exists already; the plan assumed that it does not, because its API was off.`
    return [
      { address, message, advice: 'Plan again: it is now shown as an adoption, for someone to review.' },
    ]
  })
}

/** How long, in seconds, a second look may go on disagreeing: IAM takes minutes to show what was written. */
const patience = 180

const leftAfter = async (
  subject: Subject,
  outcomes: readonly Outcome[],
  options: ApplyOptions,
  pins: Readonly<Record<Address, string>>,
): Promise<readonly Problem[]> => {
  if (outcomes.some(({ ending }) => ending !== 'applied') || options.signal.aborted) return []
  const end = options.clock.now() + patience * 1000
  for (let wait = 500; ; wait = Math.min(wait * 2, 20_000)) {
    const plan = await planEnvironment(subject, planOptions(options, pins))
    if (isEmpty(plan) || options.clock.now() + wait > end)
      return [...plan.problems, ...plan.steps.map(stillWanted)]
    await options.clock.sleep(wait, options.signal)
  }
}

const stillWanted = ({ address, action, changes }: Plan['steps'][number]): Problem => ({
  address,
  message: `${address} is still not as it should be: ${changes.length === 0 ? action : changes.map(({ path }) => showPath(path)).join(', ')}.`,
  advice: 'Someone else changes it back, or Google has not taken it over yet: plan again in a few minutes.',
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
  const failed = outcomes.filter(({ ending }) => ending !== 'applied' && ending !== 'already').length
  const description =
    failed + left.length === 0
      ? `${outcomes.length} applied`
      : `${failed} of ${outcomes.length} not applied, ${left.length} left over`
  return { description, ...(url === undefined ? {} : { url }) }
}
