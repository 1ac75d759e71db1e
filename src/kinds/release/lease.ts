import type { Clock } from '../../core/clock.ts'
import { type JsonObject, valueAt } from '../../core/json.ts'
import { SlipwayError } from '../../core/problem.ts'
import { type Kubernetes, KubernetesError } from '../../kubernetes/port.ts'
import { isRaceOrLost, markLabel } from '../in-cluster.ts'
import { type RunFacts, text, type Work } from '../kind.ts'
import {
  type Begun,
  backupAnnotation,
  backupIn,
  begunAnnotation,
  begunIn,
  chartAnnotation,
  heldLease,
  holderOf,
  isExpired,
  leaseName,
  leaseSeconds,
  leasesPath,
  leftBy,
  microTime,
  unfinishedAnnotation,
} from './lease-object.ts'

/** Who wants to hold the Lease of which release. */
export interface LeaseRequest {
  readonly writer: Kubernetes
  readonly namespace: string
  readonly release: string
  readonly environment: string
  /** Names this run, for people and for comparison. */
  readonly holder: string
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly progress: (text: string) => void
}

/** A Lease that is held, and renewed until it is let go. */
export interface HeldLease {
  /** True if an earlier holder fell silent: what it left behind may be put right. */
  readonly takenOver: boolean
  /** True if the release is unfinished: an earlier run left it so, or this one has begun. */
  readonly wasLeft: boolean
  /** What was begun and is not over, if it is known. */
  readonly begun: Begun | undefined
  /** After which time, by Cloud SQL's clock, the backup of an upgrade that is not over was ordered; undefined: none was. */
  readonly backup: string | undefined
  /** Aborted if somebody else holds it now: nothing more may be written. */
  readonly lost: AbortSignal
  /** Says, before it is ordered, which backup the upgrade has, the next one `after` then: it is known again after a kill. */
  backUp(after: string): Promise<void>
  /**
   * Says, before the first write, that the release is being changed; planning sees that until it ends well. `backup`: the
   * one that this change has.
   */
  begin(begun: Begun, backup: string | undefined): Promise<void>
  /** Lets it go. Ended well: `chart`, `NAME VERSION`, is remembered as what was applied last. */
  release(ended: { readonly well: boolean; readonly chart?: string }): Promise<void>
}

/** The Lease of the release of a step. @throws SlipwayError if somebody else holds it for too long. */
export const leaseFor = (
  { spec, environment, signal, progress }: Work,
  writer: Kubernetes,
  run: RunFacts,
): Promise<HeldLease> =>
  holdLease({
    writer,
    namespace: text(spec, 'namespace'),
    release: text(spec, 'release'),
    environment,
    holder: run.holder,
    clock: run.clock,
    signal,
    progress,
  })

const patience = 15 * 60_000
const pause = 3_000
/** How often letting go is tried. */
const attempts = 10

/** Takes the Lease of a release, waiting for a living holder. @throws SlipwayError if it is held for too long. */
export const holdLease = async (request: LeaseRequest): Promise<HeldLease> => {
  const { clock, writer, namespace, release, signal } = request
  const path = `${leasesPath(namespace)}/${leaseName(release)}`
  const since = clock.now()
  let found: Found | undefined
  for (;;) {
    const live = await writer.get(path)
    const holder = holderOf(live)
    const isOurs = holder === request.holder
    const free = live === undefined || holder === undefined || isOurs
    if (free || isExpired(live, clock.now())) {
      signal.throwIfAborted()
      // Ours already: the answer to the write that took it was lost, and what it was taken from is known from before.
      if (!isOurs || found === undefined) found = foundIn(live, !free)
      if (await taken(request, live)) return keep(request, path, found)
      continue
    }
    if (signal.aborted || clock.now() - since > patience) throw busy(request, holder)
    request.progress(`waiting for ${holder}, who is applying it`)
    await clock.sleep(pause, signal)
  }
}

/** What a Lease said when it was taken. */
type Found = Pick<HeldLease, 'takenOver' | 'wasLeft' | 'begun' | 'backup'>

const foundIn = (live: JsonObject | undefined, takenOver: boolean): Found => ({
  takenOver,
  wasLeft: leftBy(live) !== undefined,
  begun: begunIn(live),
  backup: backupIn(live),
})

/** Waits before a Lease is read again. @throws the error, if it is none to read again for */
const again = async (
  error: unknown,
  { clock, signal }: Pick<LeaseRequest, 'clock' | 'signal'>,
): Promise<void> => {
  if (!isRaceOrLost(error)) throw error
  if (error instanceof KubernetesError && error.status === 409) return
  if (signal.aborted) throw error
  await clock.sleep(pause, signal)
}

const busy = ({ release, namespace }: LeaseRequest, holder: string): SlipwayError =>
  new SlipwayError(`${holder} is applying release ${release} in ${namespace}, and has not ended.`, {
    advice: `Wait for that run to end, then run this one again. A run that was killed is noticed after ${leaseSeconds} s.`,
  })

/** Writes the holder with the Lease's version as precondition; false if somebody was faster. */
const taken = async (request: LeaseRequest, live: JsonObject | undefined): Promise<boolean> => {
  const { writer, namespace, release } = request
  const mark = valueAt(live, ['metadata', 'labels', markLabel])
  if (typeof mark === 'string' && mark !== request.environment)
    throw new SlipwayError(`Release ${release} in ${namespace} belongs to environment ${mark}.`, {
      advice: 'Give this one another name or namespace.',
    })
  const lease = heldLease(live, { ...request, now: request.clock.now() })
  try {
    if (live === undefined) await writer.create(leasesPath(namespace), lease)
    else await writer.replace(`${leasesPath(namespace)}/${leaseName(release)}`, lease)
    return true
  } catch (error) {
    await again(error, request)
    return false
  }
}

const keep = ({ writer, clock, holder }: LeaseRequest, path: string, how: Found): HeldLease => {
  let [wasLeft, begun, backup] = [how.wasLeft, how.begun, how.backup]
  const [ended, lost] = [new AbortController(), new AbortController()]
  const renew = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await clock.sleep((leaseSeconds * 1000) / 4, ended.signal)
      if (ended.signal.aborted) return
      const live = await writer.get(path).catch(() => undefined)
      if (live === undefined) continue
      if (holderOf(live) !== holder) return lost.abort()
      await touch(writer, path, live, { renewTime: microTime(clock.now()) }).catch(() => undefined)
    }
  }
  const renewing = renew()
  return {
    takenOver: how.takenOver,
    get wasLeft() {
      return wasLeft
    },
    get begun() {
      return begun
    },
    get backup() {
      return backup
    },
    lost: lost.signal,
    backUp: async after => {
      await annotate(writer, path, { [backupAnnotation]: after })
      backup = after
    },
    begin: async (what, saved) => {
      await annotate(writer, path, {
        [unfinishedAnnotation]: holder,
        [begunAnnotation]: `${what.aim} ${what.revision}`,
        [backupAnnotation]: saved ?? null,
      })
      ;[wasLeft, begun, backup] = [true, what, saved]
    },
    release: async ({ well, chart }) => {
      ended.abort()
      await renewing
      const annotations = {
        ...(well ? { [unfinishedAnnotation]: null, [begunAnnotation]: null } : {}),
        // An upgrade that was not begun is not over: its backup may still run, and the next run takes it up.
        ...(well && wasLeft ? { [backupAnnotation]: null } : {}),
        ...(chart === undefined ? {} : { [chartAnnotation]: chart }),
      }
      for (let attempt = 1; ; attempt++) {
        const live = await writer.get(path)
        // Gone, somebody else's, or let go by a write whose answer was lost.
        if (live === undefined || holderOf(live) !== holder) return
        try {
          await touch(writer, path, live, { holderIdentity: null }, annotations)
          return
        } catch (error) {
          if (attempt === attempts) throw error
          await again(error, { clock, signal: new AbortController().signal })
        }
      }
    },
  }
}

/** No precondition: the renewal writes at the same time, and an annotation takes nothing from it. */
const annotate = (writer: Kubernetes, path: string, annotations: JsonObject): Promise<JsonObject> =>
  writer.merge(path, { metadata: { annotations } })

const touch = (
  writer: Kubernetes,
  path: string,
  live: JsonObject,
  spec: JsonObject,
  annotations: JsonObject = {},
): Promise<JsonObject> =>
  writer.merge(path, {
    metadata: { resourceVersion: valueAt(live, ['metadata', 'resourceVersion']) ?? null, annotations },
    spec,
  })
