import { type JsonObject, valueAt } from '../../core/json.ts'
import { type Kubernetes, KubernetesError } from '../../kubernetes/port.ts'
import { isOwnedBy, labelOf, listAt, numberAt, type Snapshot, uidOf } from './workloads.ts'

const revisionLabel = 'controller-revision-hash'
const ordinalLabel = 'apps.kubernetes.io/pod-index'

/**
 * Pods of stateful sets that were made from a template that is no longer the set's and are not ready. With pods in
 * order the controller waits for ever until such a pod is ready before it replaces it, after a rollback as well as
 * after a template that is right (kubernetes/kubernetes#67250; "Forced rollback" in the documentation of stateful
 * sets); deleting them is what it would do next.
 */
export const stuckPods = ({ workloads, pods }: Snapshot): readonly JsonObject[] =>
  workloads.filter(isStuckable).flatMap(set => pods.filter(pod => isOwnedBy(pod, set) && isStuck(pod, set)))

/** By what a pod is removed, and who is told. */
export interface Remover {
  readonly writer: Kubernetes
  readonly progress: (text: string) => void
}

/** Removes stuck pods; gives what is seen without them. @throws what is no KubernetesError */
export const withoutStuck = async (now: Snapshot, remover: Remover): Promise<Snapshot> => {
  const removed = new Set<JsonObject>()
  for (const pod of stuckPods(now)) if (await remove(pod, remover)) removed.add(pod)
  return { ...now, pods: now.pods.filter(pod => !removed.has(pod)) }
}

/** False if that did not work: then the pod is in the way like any other. */
const remove = async (pod: JsonObject, { writer, progress }: Remover): Promise<boolean> => {
  const { namespace, name } = pod.metadata as JsonObject
  try {
    await writer.remove(`/api/v1/namespaces/${namespace}/pods/${name}`, { uid: uidOf(pod) })
  } catch (error) {
    if (error instanceof KubernetesError) return false
    throw error
  }
  progress(`${labelOf(pod)} never became ready and kept its stateful set from going on: it is made anew`)
  return true
}

const isStuckable = (set: JsonObject): boolean =>
  set.kind === 'StatefulSet' &&
  valueAt(set, ['spec', 'podManagementPolicy']) !== 'Parallel' &&
  valueAt(set, ['spec', 'updateStrategy', 'type']) !== 'OnDelete' &&
  numberAt(set, 'status', 'observedGeneration') >= numberAt(set, 'metadata', 'generation')

const isStuck = (pod: JsonObject, set: JsonObject): boolean => {
  const label = (key: string): string => String(valueAt(pod, ['metadata', 'labels', key]) ?? '')
  const wanted = valueAt(set, ['status', 'updateRevision'])
  const isOld = label(revisionLabel) !== '' && typeof wanted === 'string' && label(revisionLabel) !== wanted
  const isHeldBack =
    Number(label(ordinalLabel)) < numberAt(set, 'spec', 'updateStrategy', 'rollingUpdate', 'partition')
  return isOld && !isHeldBack && !isReady(pod) && !isEnding(pod)
}

const isEnding = (pod: JsonObject): boolean => valueAt(pod, ['metadata', 'deletionTimestamp']) !== undefined

const isReady = (pod: JsonObject): boolean =>
  listAt(pod, ['status', 'conditions']).some(({ type, status }) => type === 'Ready' && status === 'True')
