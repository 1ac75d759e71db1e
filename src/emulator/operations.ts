import type { Clock } from './clock.ts'
import { duration, type OperationFamily } from './durations.ts'

/** Why an operation ended badly: a google.rpc code (or SQL/compute reason) and a text. */
export interface OperationFailure {
  readonly code: string
  readonly message: string
}

/** One long-running operation. Times are milliseconds of the emulator's clock. */
export interface OperationRecord {
  readonly name: string
  readonly family: OperationFamily
  readonly type: string
  /** Project id. */
  readonly project: string
  /** Zone or region; 'global'; empty for SQL and Service Usage. */
  readonly scope: string
  /** What it works on, as a path below the API's base. */
  readonly target: string
  /** What it keeps other operations away from: a cluster's or an instance's key. */
  readonly parent: string
  readonly user: string
  readonly insertedAt: number
  readonly startsAt: number
  readonly endsAt: number
  readonly done: boolean
  readonly failure?: OperationFailure
}

/** What to start. `apply` runs when time is up, `fail` instead of it when the operation is to end in an error. */
export interface OperationRequest {
  readonly name: string
  readonly family: OperationFamily
  readonly type: string
  readonly project: string
  readonly scope: string
  readonly target: string
  readonly parent: string
  readonly user: string
  /** Already RUNNING in the first answer, as GKE's create is. */
  readonly immediate?: boolean
  readonly failure?: OperationFailure | undefined
  readonly apply: () => void | Promise<void>
  readonly fail?: () => void
}

/** The operations of all projects, on one clock. */
export class Operations {
  readonly #clock: Clock
  readonly #speed: number
  readonly #records = new Map<string, OperationRecord>()
  readonly #effects = new Map<string, Pick<OperationRequest, 'apply' | 'fail' | 'failure'>>()
  #settling: Promise<void> = Promise.resolve()

  /** `speed` divides the default durations; Infinity ends every operation before the next request. */
  constructor(clock: Clock, speed: number) {
    this.#clock = clock
    this.#speed = speed
  }

  /** The same operations on another clock. Throws while one is running: what it would do is this one's. */
  copy(clock: Clock): Operations {
    const [running] = this.running
    if (running !== undefined) throw new Error(`${running.type} of ${running.target} is still running`)
    const copy = new Operations(clock, this.#speed)
    for (const record of this.all) copy.#records.set(record.name, record)
    return copy
  }

  /** Accepts an operation and returns its first answer. */
  start(request: OperationRequest): OperationRecord {
    const { apply, fail, failure, immediate, ...rest } = request
    const insertedAt = this.#clock.now()
    const length = duration(request.family, request.type) / this.#speed
    const startsAt = immediate
      ? insertedAt
      : insertedAt + Math.max(1, Math.min(2000 / this.#speed, length / 20))
    const record: OperationRecord = {
      ...rest,
      insertedAt,
      startsAt,
      endsAt: insertedAt + length,
      done: false,
    }
    this.#records.set(record.name, record)
    this.#effects.set(record.name, { apply, failure, ...(fail && { fail }) })
    return record
  }

  /** Ends every operation whose time is up, in the order in which they end. Await before reading any state. */
  settle(until: number = this.#clock.now()): Promise<void> {
    this.#settling = this.#settling.then(() => this.#run(until))
    return this.#settling
  }

  async #run(until: number): Promise<void> {
    const due = this.running.filter(({ endsAt }) => endsAt <= until).sort((a, b) => a.endsAt - b.endsAt)
    for (const record of due) await this.#end(record)
  }

  async #end(record: OperationRecord): Promise<void> {
    const effect = this.#effects.get(record.name)
    this.#effects.delete(record.name)
    let failure = effect?.failure
    try {
      if (failure === undefined) await effect?.apply()
    } catch (cause) {
      failure = { code: 'INTERNAL', message: cause instanceof Error ? cause.message : String(cause) }
    }
    if (failure !== undefined) effect?.fail?.()
    this.#records.set(record.name, { ...record, done: true, ...(failure && { failure }) })
  }

  /** The operation of that name, if there is one. */
  get(name: string): OperationRecord | undefined {
    return this.#records.get(name)
  }

  /** All operations, oldest first. */
  get all(): readonly OperationRecord[] {
    return [...this.#records.values()]
  }

  /** Those that have not ended. */
  get running(): readonly OperationRecord[] {
    return this.all.filter(({ done }) => !done)
  }

  /** The running operation that keeps others away from `parent`, if any. */
  busy(parent: string): OperationRecord | undefined {
    return this.running.find(record => record.parent === parent)
  }

  /** PENDING, RUNNING or DONE. */
  status(record: OperationRecord): 'PENDING' | 'RUNNING' | 'DONE' {
    if (record.done) return 'DONE'
    return this.#clock.now() < record.startsAt ? 'PENDING' : 'RUNNING'
  }

  /** How far it is, 0 to 1. */
  progress(record: OperationRecord): number {
    if (record.done) return 1
    const length = record.endsAt - record.insertedAt
    return length <= 0 ? 0 : Math.min(1, (this.#clock.now() - record.insertedAt) / length)
  }
}
