import type { Clock } from '../core/clock.ts'
import type { JsonObject } from '../core/json.ts'
import type { Outcome } from '../core/outcome.ts'
import type { Plan, Step } from '../core/plan.ts'
import { type Problem, SlipwayError, StoppedError } from '../core/problem.ts'
import { type Outputs, referenceParts, referencesIn, resolve } from '../core/reference.ts'
import type { Address } from '../core/resource.ts'
import { GcpError } from '../gcp/port.ts'
import type { ApplyingPorts, Work } from '../kinds/kind.ts'
import { type Batch, batchesOf } from './batches.ts'
import { type Kinds, kindOf } from './observe.ts'
import { summaryOf } from './summary.ts'

/** What happens to a step, as it happens. Times in milliseconds since 1970. */
export type ExecutionEvent =
  | { readonly event: 'begin'; readonly address: Address; readonly at: number; readonly step: Step }
  | { readonly event: 'progress'; readonly address: Address; readonly at: number; readonly text: string }
  | { readonly event: 'end'; readonly address: Address; readonly at: number; readonly outcome: Outcome }

/** What steps are carried out with. */
export interface ExecuteOptions {
  readonly kinds: Kinds
  readonly ports: ApplyingPorts
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly onEvent: (event: ExecutionEvent) => void
  /** Takes secrets out of messages. */
  readonly scrub: (text: string) => string
}

/** What came of the steps, and what they gave. */
export interface Executed {
  readonly outcomes: readonly Outcome[]
  readonly outputs: ReadonlyMap<Address, Outputs>
}

/**
 * Carries out steps of a plan: independent ones side by side, those of one lane one after another, nothing before
 * what it waits for. Never throws for a step that fails: what depends on it is skipped, the rest goes on.
 */
export const execute = async (
  plan: Pick<Plan, 'steps' | 'outputs' | 'environment'>,
  options: ExecuteOptions,
): Promise<Executed> => {
  const run = new Run(plan, options)
  const batches = batchesOf(plan.steps, options.kinds)
  const pending = new Map<string, Promise<boolean>>()
  for (const batch of batches)
    pending.set(
      batch.id,
      run.after(
        batch,
        batch.after.map(id => pending.get(id)),
      ),
    )
  await Promise.all(pending.values())
  return { outcomes: plan.steps.flatMap(step => run.outcomes.get(step.address) ?? []), outputs: run.outputs }
}

class Run {
  readonly outputs: Map<Address, Outputs>
  readonly outcomes = new Map<Address, Outcome>()
  readonly #lanes = new Map<string, Promise<unknown>>()
  readonly #options: ExecuteOptions
  readonly #environment: string

  constructor(plan: Pick<Plan, 'outputs' | 'environment'>, options: ExecuteOptions) {
    this.outputs = new Map(Object.entries(plan.outputs))
    this.#environment = plan.environment
    this.#options = options
  }

  /** Runs a batch once those before it have ended; true if it ended well. */
  async after(batch: Batch, before: readonly (Promise<boolean> | undefined)[]): Promise<boolean> {
    const ended = await Promise.all(before)
    if (ended.includes(false) && !this.#options.signal.aborted)
      return this.#leave(batch, 'skipped', 'something that it needs failed')
    if (batch.lane === undefined) return this.#carryOut(batch)
    const turn = (this.#lanes.get(batch.lane) ?? Promise.resolve()).then(() => this.#carryOut(batch))
    this.#lanes.set(batch.lane, turn)
    return turn
  }

  async #carryOut(batch: Batch): Promise<boolean> {
    const { clock, signal, onEvent } = this.#options
    if (signal.aborted) return this.#leave(batch, 'stopped', 'the run was asked to stop')
    const started = clock.now()
    for (const step of batch.steps) onEvent({ event: 'begin', address: step.address, at: started, step })
    try {
      const gained = await this.#write(batch)
      for (const [address, outputs] of gained) this.outputs.set(address, outputs)
      for (const step of batch.steps) this.#end(step, 'applied', started)
      return true
    } catch (error) {
      const ending = signal.aborted && isInterruption(error) ? 'running' : 'failed'
      for (const step of batch.steps)
        this.#end(step, ending, started, problemOf(error, step, this.#options.scrub))
      return false
    }
  }

  async #write({ kind: name, action, steps }: Batch): Promise<ReadonlyMap<Address, Outputs>> {
    const kind = kindOf(this.#options.kinds, name)
    const { ports } = this.#options
    const works = steps.map(step => this.#work(step))
    switch (action) {
      case 'create':
        return kind.create(works, ports)
      case 'adopt':
      case 'update':
        return kind.update(works, ports)
      case 'settle':
        return (await kind.settle?.(works, ports)) ?? new Map()
      case 'remove':
        await kind.remove?.(works, ports)
        return new Map()
    }
  }

  #work(step: Step): Work {
    const { clock, signal, onEvent } = this.#options
    const lookUp = (address: Address, output: string) => this.outputs.get(address)?.[output]
    const resolved = <T extends JsonObject>(value: T): T => {
      const found = resolve(value, lookUp)
      if (found === undefined)
        throw new SlipwayError(`${step.address} needs ${unknownIn(value, lookUp)}, which is not known.`)
      return found as T
    }
    return {
      address: step.address,
      identity: step.identity,
      environment: this.#environment,
      spec: step.action === 'remove' ? step.spec : resolved(step.spec),
      changes: step.changes.map(change =>
        change.to === undefined ? change : { ...change, ...resolved({ to: change.to }) },
      ),
      outputs: address => this.outputs.get(address),
      progress: text =>
        onEvent({
          event: 'progress',
          address: step.address,
          at: clock.now(),
          text: this.#options.scrub(text),
        }),
      signal,
    }
  }

  #leave({ steps }: Batch, ending: 'skipped' | 'stopped', message: string): false {
    for (const step of steps)
      this.#end(step, ending, this.#options.clock.now(), { address: step.address, message })
    return false
  }

  #end(step: Step, ending: Outcome['ending'], started: number, problem?: Problem): void {
    const at = this.#options.clock.now()
    const summary = summaryOf(step)
    const outcome = {
      address: step.address,
      ending,
      summary,
      seconds: (at - started) / 1000,
      ...(problem === undefined ? {} : { problem }),
    }
    this.outcomes.set(step.address, outcome)
    this.#options.onEvent({ event: 'end', address: step.address, at, outcome })
  }
}

/** A wait that was cut short: what was begun goes on. Everything else is a failure, also while the run stops. */
const isInterruption = (error: unknown): boolean =>
  error instanceof StoppedError ||
  (error instanceof GcpError && error.failure === 'unavailable') ||
  (error instanceof Error && error.name === 'AbortError')

const unknownIn = (value: JsonObject, lookUp: (address: Address, output: string) => unknown): string =>
  referencesIn(value)
    .map(referenceParts)
    .filter(({ address, output }) => lookUp(address, output) === undefined)
    .map(({ address, output }) => `${output} of ${address}`)
    .join(', ')

const problemOf = (error: unknown, { address }: Step, scrub: (text: string) => string): Problem => {
  const message = scrub(error instanceof Error ? error.message : String(error))
  const advice = error instanceof SlipwayError && error.advice !== undefined ? scrub(error.advice) : undefined
  return { address, message, ...(advice === undefined ? {} : { advice }) }
}
