import type { Clock } from '../../core/clock.ts'
import { type JsonObject, valueAt } from '../../core/json.ts'
import { SlipwayError } from '../../core/problem.ts'
import type { Redactor } from '../../core/secret.ts'
import { type Kubernetes, KubernetesError } from '../../kubernetes/port.ts'
import { type Trouble, troublesIn } from './diagnose.ts'
import { awaited, listAt, type Snapshot, snapshot, uidOf } from './workloads.ts'

/** What is watched, and until when. */
export interface WatchOptions {
  readonly writer: Kubernetes
  readonly namespaces: readonly string[]
  readonly chart: string
  readonly mine: (object: JsonObject) => boolean
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
  /** Says that helm has sent everything. */
  applied(): void
  /** True once a pod of the new version was ready: it may have changed the database. */
  hasRun(): boolean
}

const pause = 2_000
const logLines = 8

/** Begins to watch; pods that are there now count as old. @throws KubernetesError */
export const watchRelease = async (options: WatchOptions): Promise<Watch> => {
  const state = new State(options)
  await state.begin()
  const ready = state.run()
  ready.catch(() => undefined)
  return { ready, applied: () => state.apply(), hasRun: () => state.ran }
}

class State {
  ran = false
  readonly #options: WatchOptions
  readonly #old = new Set<string>()
  readonly #since = new Map<string, number>()
  #applied = false
  #said = ''

  constructor(options: WatchOptions) {
    this.#options = options
  }

  apply(): void {
    this.#applied = true
  }

  async begin(): Promise<void> {
    for (const pod of (await this.#look()).pods) this.#old.add(uidOf(pod))
  }

  async run(): Promise<void> {
    const { clock, signal, seconds } = this.#options
    const started = clock.now()
    for (;;) {
      const applied = this.#applied
      const now = await this.#look().catch(passing)
      if (now !== undefined && (await this.#judge(now, applied))) return
      if (signal.aborted) return
      if (clock.now() - started > seconds * 1000) throw this.#timedOut(now)
      await clock.sleep(pause * (0.75 + Math.random() / 2), signal)
    }
  }

  #look(): Promise<Snapshot> {
    const { writer, namespaces, mine } = this.#options
    return snapshot(writer, namespaces, mine)
  }

  /** True if everything is ready. @throws SlipwayError for a definite error. */
  async #judge(now: Snapshot, applied: boolean): Promise<boolean> {
    this.ran ||= now.pods.some(pod => !this.#old.has(uidOf(pod)) && isReady(pod) && this.#isOwn(pod))
    const troubles = troublesIn({
      ...now,
      pods: now.pods.filter(pod => applied || !this.#old.has(uidOf(pod))),
    })
    const definite = troubles.find(trouble => this.#lasted(trouble) >= trouble.definiteAfter)
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

  /** A subchart's pods, such as nginx, change no database. */
  #isOwn(pod: JsonObject): boolean {
    const label = valueAt(pod, ['metadata', 'labels', 'helm.sh/chart'])
    return typeof label !== 'string' || label.startsWith(`${this.#options.chart}-`)
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
    const text = await writer.log(log.namespace, log.pod, log.container, logLines, true).catch(() => '')
    return redactor.scrub(text.trim() === '' ? words : `${words}. Its last words:\n${text.trim()}`)
  }

  #timedOut(now: Snapshot | undefined): SlipwayError {
    const open = now === undefined ? [] : [...troublesIn(now).map(({ words }) => words), ...awaited(now)]
    const why = open.length === 0 ? 'the cluster did not answer' : open.join('; ')
    return new SlipwayError(
      this.#options.redactor.scrub(
        `It was not ready after ${Math.round(this.#options.seconds / 60)} minutes: ${why}.`,
      ),
    )
  }
}

const isReady = (pod: JsonObject): boolean =>
  listAt(pod, ['status', 'conditions']).some(one => one.type === 'Ready' && one.status === 'True')

/** An API server that is busy for a moment is no failure of the release. */
const passing = (error: unknown): undefined => {
  if (error instanceof KubernetesError && (error.status === 0 || error.status >= 429)) return undefined
  throw error
}
