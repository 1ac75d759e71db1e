import type { Outcome } from '../core/outcome.ts'
import type { Plan } from '../core/plan.ts'
import type { Problem } from '../core/problem.ts'
import type { Address } from '../core/resource.ts'
import type { PlanningPorts } from '../kinds/kind.ts'
import { type Executed, type ExecuteOptions, execute } from './execute.ts'
import { observeAll } from './observe.ts'
import type { Subject } from './subject.ts'

/** What the steps are carried out with. */
export interface PhaseOptions extends ExecuteOptions {
  /** Planning ports with an empty memory, each time anew. */
  readonly planning: () => PlanningPorts
}

/**
 * Services first. What was assumed absent because its API was off is then looked at; anything that turns out to be
 * there stops the run before it is touched. Throws as `execute` does.
 */
export const executePhases = async (
  subject: Subject,
  plan: Plan,
  options: PhaseOptions,
): Promise<Executed> => {
  const assumed = plan.steps.filter(({ action, about }) => action === 'create' && offIn(about) !== undefined)
  if (assumed.length === 0) return execute(plan, options)
  const services = plan.steps.filter(({ kind }) => kind === 'service')
  const rest = plan.steps.filter(({ kind }) => kind !== 'service')
  const first = await execute({ ...plan, steps: services }, options)
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
  // A service that is listed as on may have been switched on by a run that was killed: it may still be warming up.
  for (const service of new Set(assumed.flatMap(({ about }) => offIn(about) ?? [])))
    options.ports.gcp.enabled(service)
  const surprise = (await found(subject, new Set(assumed.map(({ address }) => address)), options))[0]
  if (surprise !== undefined) return leave('stopped', surprise)
  const outputs = { ...plan.outputs, ...Object.fromEntries(first.outputs) }
  const second = await execute({ ...plan, outputs, steps: rest }, options)
  return { outcomes: [...first.outcomes, ...second.outcomes], outputs: second.outputs }
}

/** The service that a step took for off when it was planned. */
const offIn = (about: string | undefined): string | undefined =>
  /^(\S+\.googleapis\.com) is off/.exec(about ?? '')?.[1]

/** Looks at what was assumed absent, through a reader that waits until a fresh API answers. */
const found = async (
  subject: Subject,
  addresses: ReadonlySet<Address>,
  options: PhaseOptions,
): Promise<readonly Problem[]> => {
  const resources = subject.resources.filter(({ address }) => addresses.has(address))
  const ports: PlanningPorts = { ...options.planning(), gcp: options.ports.gcp }
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
