import type { Clock } from '../../core/clock.ts'
import { type JsonObject, valueAt } from '../../core/json.ts'
import { SlipwayError } from '../../core/problem.ts'
import type { Redactor } from '../../core/secret.ts'
import { type Kubernetes, KubernetesError } from '../../kubernetes/port.ts'
import { warmUp } from './contact.ts'
import { troublesIn } from './diagnose.ts'
import type { FixedNodes } from './nodes.ts'
import { blockedBy } from './scheduling.ts'
import { withoutStuck } from './stuck.ts'
import type { Trouble } from './trouble.ts'
import {
  awaited,
  type Belonging,
  labelOf,
  listAt,
  type Snapshot,
  seenOnly,
  snapshot,
  uidOf,
} from './workloads.ts'

/** What is watched, and until when. */
export interface WatchOptions extends Belonging {
  readonly writer: Kubernetes
  readonly namespaces: readonly string[]
  readonly chart: string
  /** Asked only while a pod fits on no node. */
  readonly hasFixedNodes: FixedNodes
  readonly seconds: number
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly progress: (text: string) => void
  readonly redactor: Redactor
}

/** Watches the pods of a release while helm works and afterwards. */
export interface Watch {
  /** Ends when everything is ready; before `applied` is called that is not asked. @throws SlipwayError */
  readonly ready: Promise<void>
  /** Says that helm begins, for the first time or anew: it has the whole time for it. */
  begins(): void
  /** Says that helm was cut off and may begin anew: until then no time counts. */
  rests(): void
  /** Says that helm has sent everything. */
  applied(): void
  /** True once a pod of the new server was ready: it may have changed the database. A hook's pod is no server. */
  hasRun(): boolean
  /** Ends it, whatever it has seen; without that it would go on until its time is up. */
  stop(): void
}

const pause = 2_000
const logLines = 8

/** Begins to watch; pods that are there now count as old. @throws KubernetesError */
export const watchRelease = async (options: WatchOptions): Promise<Watch> => {
  const stop = new AbortController()
  const state = new State({ ...options, signal: AbortSignal.any([options.signal, stop.signal]) })
  await state.begin()
  const ready = state.run()
  ready.catch(() => undefined)
  return {
    ready,
    begins: () => state.wind(),
    rests: () => state.rest(),
    applied: () => state.apply(),
    hasRun: () => state.ran,
    stop: () => stop.abort(),
  }
}

class State {
  ran = false
  readonly #options: WatchOptions
  readonly #old = new Set<string>()
  readonly #since = new Map<string, number>()
  readonly #unbroken = new Set<string>()
  #forbiddenSince: number | undefined
  #applied = false
  /** When the time that counts began; undefined: none does. */
  #started: number | undefined
  /** Aborted when helm has sent everything: what is ready by then is not waited for. */
  readonly #sent = new AbortController()
  #said = ''

  constructor(options: WatchOptions) {
    this.#options = options
    this.#started = options.clock.now()
  }

  wind(): void {
    this.#started = this.#options.clock.now()
  }

  rest(): void {
    this.#started = undefined
  }

  apply(): void {
    this.#applied = true
    this.#sent.abort()
  }

  async begin(): Promise<void> {
    const { pods, hooks } = await this.#look()
    for (const object of [...pods, ...hooks]) this.#old.add(uidOf(object))
  }

  async run(): Promise<void> {
    const { clock, signal, seconds } = this.#options
    const untilSent = AbortSignal.any([signal, this.#sent.signal])
    for (;;) {
      const applied = this.#applied
      const now = await this.#look().catch(error => this.#passing(error))
      if (now !== undefined && (await this.#judge(now, applied))) return
      if (signal.aborted) return
      if (clock.now() - (this.#started ?? clock.now()) > seconds * 1000) throw this.#timedOut(now)
      await clock.sleep(pause * (0.75 + Math.random() / 2), applied ? signal : untilSent)
    }
  }

  /**
   * An API server that is busy for a moment is no failure of the release; nor is one that has just been started and forbids
   * what it allowed before, until it has read who may do what.
   */
  #passing(error: unknown): undefined {
    if (!(error instanceof KubernetesError)) throw error
    if (error.status === 0 || error.status >= 429) return undefined
    if (error.status !== 403) throw error
    this.#forbiddenSince ??= this.#options.clock.now()
    if (this.#options.clock.now() - this.#forbiddenSince < warmUp) return undefined
    throw error
  }

  async #look(): Promise<Snapshot> {
    const { writer, namespaces, hasFixedNodes } = this.#options
    const now = await snapshot(writer, namespaces, this.#options)
    this.#forbiddenSince = undefined
    if (now.pods.every(pod => blockedBy(pod) === undefined)) return now
    return { ...now, hasFixedNodes: await hasFixedNodes() }
  }

  /** True if everything is ready. @throws SlipwayError for a definite error. */
  async #judge(now: Snapshot, applied: boolean): Promise<boolean> {
    this.ran ||= now.pods.some(
      pod => !this.#old.has(uidOf(pod)) && !isOfHook(pod) && isReady(pod) && this.#isOwn(pod),
    )
    // Helm has sent everything, so a pod of an older template has no time to come up any more.
    const rest = applied ? await withoutStuck(now, this.#options) : now
    const troubles = troublesIn(this.#relevant(rest, applied))
    const definite = this.#definiteIn(troubles)
    // A deadline is a consequence: what stands in a pod's way is the cause.
    const cause = definite?.key.endsWith(' deadline') ? (troubles[0] ?? definite) : definite
    if (cause !== undefined) throw new SlipwayError(await this.#explained(cause))
    const open = awaited(now)
    const said = troubles[0]?.words ?? open.join(', ')
    if (applied && said !== '' && said !== this.#said)
      this.#options.progress(this.#options.redactor.scrub(said))
    this.#said = said
    return applied && open.length === 0
  }

  /** While helm works: what is new, hooks included. Afterwards: everything but hooks, which have had their time. */
  #relevant(all: Snapshot, applied: boolean): Snapshot {
    const now = seenOnly(all)
    const isNew = (object: JsonObject): boolean => !this.#old.has(uidOf(object))
    return applied
      ? { ...now, hooks: [], pods: now.pods.filter(pod => !isOfHook(pod)) }
      : { ...now, hooks: now.hooks.filter(isNew), pods: now.pods.filter(isNew) }
  }

  /** A subchart's pods, such as nginx, change no database. */
  #isOwn(pod: JsonObject): boolean {
    const label = valueAt(pod, ['metadata', 'labels', 'helm.sh/chart'])
    return typeof label !== 'string' || label.startsWith(`${this.#options.chart}-`)
  }

  /** The first trouble that has lasted for long enough. */
  #definiteIn(troubles: readonly Trouble[]): Trouble | undefined {
    const seen = new Set(troubles.map(({ key }) => key))
    for (const key of this.#unbroken) if (!seen.has(key)) this.#since.delete(key)
    for (const { key, isUnbroken } of troubles) if (isUnbroken === true) this.#unbroken.add(key)
    return troubles.filter(trouble => this.#lasted(trouble) >= trouble.definiteAfter)[0]
  }

  #lasted({ key }: Trouble): number {
    const now = this.#options.clock.now()
    const since = this.#since.get(key) ?? now
    this.#since.set(key, since)
    return (now - since) / 1000
  }

  async #explained({ words, log }: Trouble): Promise<string> {
    const { writer, redactor } = this.#options
    if (log === undefined) return redactor.scrub(words)
    const text = await writer
      .log(log.namespace, log.pod, log.container, logLines, log.previous)
      .catch(() => '')
    return redactor.scrub(text.trim() === '' ? words : `${words}. Its last words:\n${text.trim()}`)
  }

  #openIn(now: Snapshot): readonly string[] {
    const { hooks, ...rest } = this.#relevant(now, this.#applied)
    const running = hooks.filter(job => !hasEnded(job)).map(job => `hook ${labelOf(job)} has not ended`)
    return [...troublesIn({ ...rest, hooks }).map(({ words }) => words), ...running, ...awaited(now)]
  }

  #timedOut(now: Snapshot | undefined): SlipwayError {
    const open = now === undefined ? ['the cluster did not answer'] : this.#openIn(now)
    const why = open.length === 0 ? 'helm had not ended' : open.join('; ')
    return new SlipwayError(
      this.#options.redactor.scrub(
        `It was not ready after ${Math.round(this.#options.seconds / 60)} minutes: ${why}.`,
      ),
    )
  }
}

const isTrue = (object: JsonObject, ...types: readonly string[]): boolean =>
  listAt(object, ['status', 'conditions']).some(
    one => one.status === 'True' && types.includes(String(one.type)),
  )

const isReady = (pod: JsonObject): boolean =>
  isTrue(pod, 'Ready') || valueAt(pod, ['status', 'phase']) === 'Succeeded'

const hasEnded = (job: JsonObject): boolean => isTrue(job, 'Complete', 'Failed')

const isOfHook = (pod: JsonObject): boolean =>
  listAt(pod, ['metadata', 'ownerReferences']).some(({ kind }) => kind === 'Job')
