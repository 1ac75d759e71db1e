import { type JsonObject, valueAt } from '../../core/json.ts'
import { blockedBy, isHelped, scheduling } from './scheduling.ts'
import type { Trouble } from './trouble.ts'
import { eventOf, isOwnedBy, labelOf, listAt, numberAt, type Snapshot } from './workloads.ts'

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
  ...snapshot.pods.flatMap(pod => [
    ...containerTroubles(pod),
    ...scheduling(pod, snapshot),
    ...mounting(pod, snapshot),
  ]),
  ...[...snapshot.workloads, ...snapshot.hooks, ...snapshot.replicaSets].flatMap(owner =>
    creation(owner, snapshot),
  ),
  ...snapshot.hooks.flatMap(hook => tries(hook, snapshot)),
  ...snapshot.workloads.flatMap(workload => deadline(workload, snapshot)),
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

const mounting = (pod: JsonObject, snapshot: Snapshot): readonly Trouble[] => {
  if (valueAt(pod, ['status', 'phase']) !== 'Pending' || blockedBy(pod) !== undefined) return []
  const message = eventOf(snapshot, pod, ['FailedMount', 'FailedAttachVolume'])
  if (message === undefined) return []
  const missing = /not found/.test(message)
  return [
    {
      key: `${labelOf(pod)} mount`,
      words: `${labelOf(pod)}: a volume cannot be mounted: ${message}`,
      definiteAfter: missing ? 30 : Number.POSITIVE_INFINITY,
    },
  ]
}

const creation = (owner: JsonObject, snapshot: Snapshot): readonly Trouble[] => {
  const message = eventOf(snapshot, owner, ['FailedCreate'])
  if (message === undefined || !lacksPods(owner, snapshot)) return []
  const why = /exceeded quota/.test(message)
    ? 'a quota of the namespace is used up'
    : 'its pods may not be made'
  return [
    {
      key: `${labelOf(owner)} creation`,
      words: `${labelOf(owner)}: ${why}: ${message}`,
      definiteAfter: comesByItself.test(message) ? Number.POSITIVE_INFINITY : 30,
    },
  ]
}

/** What a controller makes in every new namespace. */
const comesByItself = /serviceaccount "default" not found|configmap "kube-root-ca\.crt" not found/

/** Events stay for an hour: one counts only as long as there are fewer pods than there should be. */
const lacksPods = (owner: JsonObject, { pods }: Snapshot): boolean => {
  const made = pods.filter(pod => isOwnedBy(pod, owner)).length
  switch (owner.kind) {
    case 'ReplicaSet':
      return listAt(owner, ['status', 'conditions']).some(
        one => one.type === 'ReplicaFailure' && one.status === 'True',
      )
    case 'StatefulSet':
      return made < (numberIn(owner, 'spec', 'replicas') ?? 1)
    case 'DaemonSet':
      return made < numberAt(owner, 'status', 'desiredNumberScheduled')
    default:
      return made === 0
  }
}

const numberIn = (object: JsonObject, ...path: readonly string[]): number | undefined => {
  const found = valueAt(object, path)
  return typeof found === 'number' ? found : undefined
}

/** Nobody can say how long a node takes that an autoscaler is adding, so a deadline says nothing then. */
const deadline = (workload: JsonObject, snapshot: Snapshot): readonly Trouble[] =>
  listAt(workload, ['status', 'conditions'])
    .filter(one => one.type === 'Progressing' && one.reason === 'ProgressDeadlineExceeded')
    .map(one => ({
      key: `${labelOf(workload)} deadline`,
      words: `${labelOf(workload)} makes no progress: ${String(one.message)}`,
      definiteAfter: snapshot.pods.some(pod => isHelped(pod, snapshot)) ? Number.POSITIVE_INFINITY : 15,
    }))

const provisioning = (claim: JsonObject, snapshot: Snapshot): readonly Trouble[] => {
  if (valueAt(claim, ['status', 'phase']) !== 'Pending') return []
  const message = eventOf(snapshot, claim, ['ProvisioningFailed', 'FailedBinding'])
  if (message === undefined) return []
  // A default class that is made later is given to claims without one (Kubernetes 1.28); the event stays.
  const isClassless = valueAt(claim, ['spec', 'storageClassName']) === undefined
  const noClass =
    /storageclass.*not found/i.test(message) || (isClassless && /no storage class is set/i.test(message))
  return [
    {
      key: `${labelOf(claim)} provisioning`,
      words: `${labelOf(claim)} gets no disk: ${message}`,
      definiteAfter: noClass ? 30 : Number.POSITIVE_INFINITY,
    },
  ]
}
