import { type JsonObject, valueAt } from '../../core/json.ts'
import { isOwnedBy, labelOf, listAt, numberAt, type Snapshot, uidOf } from './workloads.ts'

/** Something that stands in the way of a release. */
export interface Trouble {
  /** The same trouble has the same key each time it is seen. */
  readonly key: string
  /** What it is and what to do, in words. */
  readonly words: string
  /** How long it has to last before it counts as definite, seconds; Infinity: it may pass. */
  readonly definiteAfter: number
  /** The container whose log tells more. */
  readonly log?: ContainerLog
}

/** Where a container's last words are. */
export interface ContainerLog {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  /** True for a container that was started again since. */
  readonly previous: boolean
}

const waiting: Readonly<Record<string, readonly [number, string]>> = {
  InvalidImageName: [0, 'the name of its image is not valid'],
  ErrImageNeverPull: [0, 'its image may not be pulled and is not there'],
  ErrImagePull: [40, 'its image cannot be pulled'],
  ImagePullBackOff: [30, 'its image cannot be pulled'],
  CreateContainerConfigError: [20, 'it refers to a Secret or ConfigMap, or a key of one, that is not there'],
  CreateContainerError: [30, 'its container cannot be made'],
  RunContainerError: [30, 'its container cannot be started'],
}
/** Registries that say this will not say anything else later. */
const hopeless = /not found|manifest unknown|denied|unauthorized|pull access|invalid reference/i
/** Restarts after which a crash is no accident. */
const crashes = 3

/** Everything that stands in the way right now. */
export const troublesIn = (snapshot: Snapshot): readonly Trouble[] => [
  ...snapshot.pods.flatMap(pod => [...containerTroubles(pod), ...scheduling(pod, snapshot)]),
  ...[...snapshot.workloads, ...snapshot.hooks, ...snapshot.replicaSets].flatMap(owner =>
    creation(owner, snapshot),
  ),
  ...snapshot.hooks.flatMap(hook => tries(hook, snapshot)),
  ...snapshot.workloads.flatMap(deadline),
  ...snapshot.claims.flatMap(claim => provisioning(claim, snapshot)),
]

const containerTroubles = (pod: JsonObject): readonly Trouble[] =>
  ['initContainerStatuses', 'containerStatuses'].flatMap(field =>
    listAt(pod, ['status', field]).flatMap(status => containerTrouble(pod, status)),
  )

const containerTrouble = (pod: JsonObject, status: JsonObject): readonly Trouble[] => {
  const container = String(status.name)
  const reason = String(valueAt(status, ['state', 'waiting', 'reason']) ?? '')
  const message = String(valueAt(status, ['state', 'waiting', 'message']) ?? '')
  const where = `container ${container} of ${labelOf(pod)}`
  const key = `${where} ${reason.replace('ImagePullBackOff', 'ErrImagePull')}`
  const known = waiting[reason]
  if (known !== undefined) {
    const [usually, words] = known
    const definiteAfter = hopeless.test(message) ? Math.min(usually, 10) : usually
    return [
      { key, words: `${where}: ${words} (${reason}${message === '' ? '' : `: ${message}`})`, definiteAfter },
    ]
  }
  const restarts = numberAt(status, 'restartCount')
  if (reason !== 'CrashLoopBackOff' || restarts < 1) return []
  const code = valueAt(status, ['lastState', 'terminated', 'exitCode'])
  const why = valueAt(status, ['lastState', 'terminated', 'reason'])
  const words =
    why === 'OOMKilled'
      ? `${where} ran out of memory: raise its limit`
      : `${where} ended ${restarts} times, last with exit code ${String(code ?? 'unknown')}`
  const log = { namespace: namespaceOf(pod), pod: nameOf(pod), container, previous: true }
  return [{ key, words, definiteAfter: restarts >= crashes ? 0 : Number.POSITIVE_INFINITY, log }]
}

/** A hook whose pods end with an error: Kubernetes waits longer and longer before it tries again. */
const tries = (hook: JsonObject, { pods }: Snapshot): readonly Trouble[] => {
  const failed = pods
    .filter(pod => isOwnedBy(pod, hook) && valueAt(pod, ['status', 'phase']) === 'Failed')
    .toSorted((a, b) => createdAt(a).localeCompare(createdAt(b)))
  const last = failed.at(-1)
  const ended = listAt(last, ['status', 'containerStatuses']).find(
    status => numberAt(status, 'state', 'terminated', 'exitCode') !== 0,
  )
  if (last === undefined || ended === undefined) return []
  const container = String(ended.name)
  const limit = valueAt(hook, ['spec', 'backoffLimit'])
  const most = Math.min(crashes, (typeof limit === 'number' ? limit : 6) + 1)
  const code = numberAt(ended, 'state', 'terminated', 'exitCode')
  return [
    {
      key: `${labelOf(hook)} tries`,
      words: `container ${container} of ${labelOf(last)} ended with exit code ${code}, ${failed.length === 1 ? 'once' : `${failed.length} times`} so far: the hook ${labelOf(hook)} fails`,
      definiteAfter: failed.length >= most ? 0 : Number.POSITIVE_INFINITY,
      log: { namespace: namespaceOf(last), pod: nameOf(last), container, previous: false },
    },
  ]
}

const createdAt = (object: JsonObject): string => String(valueAt(object, ['metadata', 'creationTimestamp']))

const namespaceOf = (object: JsonObject): string => String(valueAt(object, ['metadata', 'namespace']))

const nameOf = (object: JsonObject): string => String(valueAt(object, ['metadata', 'name']))

/** The newest event with one of these reasons about an object. */
const eventOf = ({ events }: Snapshot, about: JsonObject, reasons: readonly string[]): string | undefined => {
  const found = events.filter(
    event =>
      valueAt(event, ['involvedObject', 'uid']) === uidOf(about) && reasons.includes(String(event.reason)),
  )
  const last = found.at(-1)
  return last === undefined ? undefined : String(last.message)
}

const scheduling = (pod: JsonObject, snapshot: Snapshot): readonly Trouble[] => {
  const blocked = listAt(pod, ['status', 'conditions']).find(
    one => one.type === 'PodScheduled' && one.status === 'False' && one.reason === 'Unschedulable',
  )
  if (blocked === undefined) return mounting(pod, snapshot)
  const stuck = eventOf(snapshot, pod, ['NotTriggerScaleUp'])
  const words = `${labelOf(pod)} fits on no node: ${String(blocked.message)}`
  return [
    {
      key: `${labelOf(pod)} unschedulable`,
      words:
        stuck === undefined
          ? words
          : `${words}; and the autoscaler adds none: ${stuck}. Use a larger machine type or a higher maximum in nodePools`,
      definiteAfter: stuck === undefined ? Number.POSITIVE_INFINITY : 45,
    },
  ]
}

const mounting = (pod: JsonObject, snapshot: Snapshot): readonly Trouble[] => {
  if (valueAt(pod, ['status', 'phase']) !== 'Pending') return []
  const message = eventOf(snapshot, pod, ['FailedMount', 'FailedAttachVolume'])
  if (message === undefined) return []
  const missing = /not found/.test(message)
  return [
    {
      key: `${labelOf(pod)} mount`,
      words: `${labelOf(pod)}: a volume cannot be mounted: ${message}`,
      definiteAfter: missing ? 45 : Number.POSITIVE_INFINITY,
    },
  ]
}

const creation = (owner: JsonObject, snapshot: Snapshot): readonly Trouble[] => {
  const message = eventOf(snapshot, owner, ['FailedCreate'])
  const failing = listAt(owner, ['status', 'conditions']).some(
    one => one.type === 'ReplicaFailure' && one.status === 'True',
  )
  if (message === undefined || !(failing || owner.kind !== 'ReplicaSet')) return []
  const why = /exceeded quota/.test(message)
    ? 'a quota of the namespace is used up'
    : 'its pods may not be made'
  return [
    { key: `${labelOf(owner)} creation`, words: `${labelOf(owner)}: ${why}: ${message}`, definiteAfter: 30 },
  ]
}

const deadline = (workload: JsonObject): readonly Trouble[] =>
  listAt(workload, ['status', 'conditions'])
    .filter(one => one.type === 'Progressing' && one.reason === 'ProgressDeadlineExceeded')
    .map(one => ({
      key: `${labelOf(workload)} deadline`,
      words: `${labelOf(workload)} makes no progress: ${String(one.message)}`,
      definiteAfter: 15,
    }))

const provisioning = (claim: JsonObject, snapshot: Snapshot): readonly Trouble[] => {
  if (valueAt(claim, ['status', 'phase']) !== 'Pending') return []
  const message = eventOf(snapshot, claim, ['ProvisioningFailed', 'FailedBinding'])
  if (message === undefined) return []
  const noClass = /no storage class is set|storageclass.*not found/i.test(message)
  return [
    {
      key: `${labelOf(claim)} provisioning`,
      words: `${labelOf(claim)} gets no disk: ${message}`,
      definiteAfter: noClass ? 30 : Number.POSITIVE_INFINITY,
    },
  ]
}
