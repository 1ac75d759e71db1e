import { type JsonObject, valueAt } from '../../core/json.ts'
import { isOwnedBy, listAt, numberAt, type Snapshot } from './workloads.ts'

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
