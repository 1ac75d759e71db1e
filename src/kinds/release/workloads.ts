import { isObject, type Json, type JsonObject, valueAt } from '../../core/json.ts'
import type { Kubernetes } from '../../kubernetes/port.ts'
import { builtIn, collectionPath } from '../../kubernetes/resources.ts'

/** What runs in the namespaces of a release, at one moment. */
export interface Snapshot {
  /** Deployments, stateful and daemon sets of the release. */
  readonly workloads: readonly JsonObject[]
  /** Jobs that helm runs as hooks. */
  readonly hooks: readonly JsonObject[]
  /** The newest pods of both. */
  readonly pods: readonly JsonObject[]
  readonly services: readonly JsonObject[]
  /** Claims of the release and of its pods: those that a stateful set makes carry none of helm's annotations. */
  readonly claims: readonly JsonObject[]
  readonly events: readonly JsonObject[]
  readonly replicaSets: readonly JsonObject[]
  /** True if a pod of these namespaces is ending, which makes room. */
  readonly isLeaving: boolean
  /** True if it is known that the cluster gets no further node by itself. */
  readonly hasFixedNodes: boolean
}

const workloadKinds = ['Deployment', 'StatefulSet', 'DaemonSet']

/** Which objects are the release's, and which are its hooks: helm puts its annotations on none of those. */
export interface Belonging {
  readonly mine: (object: JsonObject) => boolean
  readonly isHook: (object: JsonObject) => boolean
}

/** Reads what runs; of nodes it knows nothing. @throws KubernetesError */
export const snapshot = async (
  writer: Kubernetes,
  namespaces: readonly string[],
  { mine, isHook }: Belonging,
): Promise<Snapshot> => {
  const all = async (kind: string): Promise<readonly JsonObject[]> => {
    const resource = builtIn.find(row => row.kind === kind)
    if (resource === undefined) return []
    return (await Promise.all(namespaces.map(space => writer.list(collectionPath(resource, space))))).flat()
  }
  const [jobs, sets, pods, services, claims, events, ...lists] = await Promise.all([
    all('Job'),
    all('ReplicaSet'),
    all('Pod'),
    all('Service'),
    all('PersistentVolumeClaim'),
    all('Event'),
    ...workloadKinds.map(all),
  ])
  const workloads = lists.flat().filter(mine)
  const replicaSets = workloads.flatMap(workload => newest(ownedBy(sets, workload)))
  const hooks = jobs.filter(isHook)
  const newPods = [...replicaSets, ...workloads, ...hooks].flatMap(owner => ownedBy(pods, owner))
  return {
    workloads,
    hooks,
    pods: newPods,
    services: services.filter(mine),
    claims: claims.filter(claim => mine(claim) || newPods.some(pod => isUsedBy(claim, pod))),
    events,
    replicaSets,
    isLeaving: pods.some(pod => valueAt(pod, ['metadata', 'deletionTimestamp']) !== undefined),
    hasFixedNodes: false,
  }
}

/** True for a claim that a pod mounts by its name, or that was made for the pod alone. */
const isUsedBy = (claim: JsonObject, pod: JsonObject): boolean =>
  isOwnedBy(claim, pod) ||
  (valueAt(claim, ['metadata', 'namespace']) === valueAt(pod, ['metadata', 'namespace']) &&
    listAt(pod, ['spec', 'volumes']).some(
      volume =>
        valueAt(volume, ['persistentVolumeClaim', 'claimName']) === valueAt(claim, ['metadata', 'name']),
    ))

/**
 * Without the pods of workloads whose controller has not looked at their newest template yet: those that it knows are of
 * the one before, and go.
 */
export const seenOnly = (now: Snapshot): Snapshot => {
  const unseen = now.workloads.filter(workload => !isSeen(workload))
  const sets = now.replicaSets.filter(set => unseen.some(workload => isOwnedBy(set, workload)))
  const isOld = (object: JsonObject): boolean => [...unseen, ...sets].some(owner => isOwnedBy(object, owner))
  return {
    ...now,
    replicaSets: now.replicaSets.filter(set => !sets.includes(set)),
    pods: now.pods.filter(pod => !isOld(pod)),
  }
}

const isSeen = (workload: JsonObject): boolean =>
  numberAt(workload, 'status', 'observedGeneration') >= numberAt(workload, 'metadata', 'generation')

/** `uid` of an object. */
export const uidOf = (object: JsonObject): string => String(valueAt(object, ['metadata', 'uid']))

/** `Kind/name` of an object. */
export const labelOf = (object: JsonObject): string =>
  `${String(object.kind)}/${String(valueAt(object, ['metadata', 'name']))}`

/** True if a controller made `object` for `owner`. */
export const isOwnedBy = (object: JsonObject, owner: JsonObject): boolean =>
  listAt(object, ['metadata', 'ownerReferences']).some(one => one.uid === uidOf(owner))

const ownedBy = (objects: readonly JsonObject[], owner: JsonObject): readonly JsonObject[] =>
  objects.filter(object => isOwnedBy(object, owner))

const revision = 'deployment.kubernetes.io/revision'

const newest = (sets: readonly JsonObject[]): readonly JsonObject[] => {
  const number = (set: JsonObject): number => Number(valueAt(set, ['metadata', 'annotations', revision]) ?? 0)
  return sets.toSorted((a, b) => number(b) - number(a)).slice(0, 1)
}

/** The message of the newest event with one of these reasons about an object. */
export const eventOf = (
  { events }: Snapshot,
  about: JsonObject,
  reasons: readonly string[],
): string | undefined => {
  const found = events.filter(
    event =>
      valueAt(event, ['involvedObject', 'uid']) === uidOf(about) && reasons.includes(String(event.reason)),
  )
  const last = found.at(-1)
  return last === undefined ? undefined : String(last.message)
}

/** The objects of a list inside an object. */
export const listAt = (object: Json | undefined, path: readonly string[]): readonly JsonObject[] => {
  const found = valueAt(object, path)
  return Array.isArray(found) ? found.filter(isObject) : []
}

/** The number at a path, or 0. */
export const numberAt = (object: JsonObject, ...path: readonly string[]): number => {
  const found = valueAt(object, path)
  return typeof found === 'number' ? found : 0
}

/** What is still awaited, in words; empty: everything is ready. */
export const awaited = ({ workloads, services }: Snapshot): readonly string[] => [
  ...workloads.flatMap(waitingWorkload),
  ...services
    .filter(service => valueAt(service, ['spec', 'type']) === 'LoadBalancer')
    .filter(service => listAt(service, ['status', 'loadBalancer', 'ingress']).length === 0)
    .map(service => `${labelOf(service)} has no address yet`),
]

const waitingWorkload = (workload: JsonObject): readonly string[] => {
  const { ready, wanted } = countsOf(workload)
  const seen = isSeen(workload)
  return seen && ready >= wanted
    ? []
    : [`${labelOf(workload)} has ${seen ? Math.min(ready, wanted) : 0} of ${wanted} pods ready`]
}

const countsOf = (workload: JsonObject): { readonly ready: number; readonly wanted: number } => {
  const status = (field: string): number => numberAt(workload, 'status', field)
  // Pods that people replace themselves stay as they are until then.
  const isByHand = valueAt(workload, ['spec', 'updateStrategy', 'type']) === 'OnDelete'
  if (workload.kind === 'DaemonSet') {
    const [wanted, available] = [status('desiredNumberScheduled'), status('numberAvailable')]
    return { wanted, ready: isByHand ? available : Math.min(status('updatedNumberScheduled'), available) }
  }
  const replicas = valueAt(workload, ['spec', 'replicas'])
  const wanted = typeof replicas === 'number' ? replicas : 1
  const serving = workload.kind === 'Deployment' ? status('availableReplicas') : status('readyReplicas')
  const heldBack = isByHand
    ? wanted
    : numberAt(workload, 'spec', 'updateStrategy', 'rollingUpdate', 'partition')
  const updated = Math.min(status('updatedReplicas') + heldBack, serving)
  // Old pods that still stand beside the new ones mean that it is not over.
  return { wanted, ready: status('replicas') > wanted ? Math.min(updated, wanted - 1) : updated }
}
