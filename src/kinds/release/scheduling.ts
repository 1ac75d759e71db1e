import { type JsonObject, valueAt } from '../../core/json.ts'
import type { Trouble } from './trouble.ts'
import { eventOf, labelOf, listAt, type Snapshot } from './workloads.ts'

/** How long nothing may change before that is how it stays, seconds: three rounds of the autoscaler. */
const patience = 30
/** What comes later to a node that is there: devices when their driver runs, volumes when they are provided. */
const comesLater = /Insufficient \S+\/|unbound immediate|persistent volumes? to bind|persistentvolumeclaim/i

/** A pod that fits on no node, and whether a node for it is on its way. */
export const scheduling = (pod: JsonObject, snapshot: Snapshot): readonly Trouble[] => {
  const blocked = blockedBy(pod)
  if (blocked === undefined) return []
  const key = `${labelOf(pod)} unschedulable`
  const fits = `${labelOf(pod)} fits on no node: ${blocked}`
  const triggered = eventOf(snapshot, pod, ['TriggeredScaleUp'])
  const refused = eventOf(snapshot, pod, ['NotTriggerScaleUp'])
  if (triggered !== undefined)
    return [
      {
        key,
        words: `${fits}; the autoscaler is adding one: ${triggered}`,
        definiteAfter: Number.POSITIVE_INFINITY,
      },
    ]
  if (refused !== undefined)
    return [
      {
        key,
        words: `${fits}; and the autoscaler adds none: ${refused}. Use a larger machine type or a higher maximum in nodePools`,
        definiteAfter: patience,
      },
    ]
  if (!staysSo(pod, blocked, snapshot)) return [{ key, words: fits, definiteAfter: Number.POSITIVE_INFINITY }]
  return [
    {
      key: `${labelOf(pod)} shut-out`,
      words: `${fits}; and nothing adds one. Use a larger machine type or more nodes in nodePools`,
      definiteAfter: patience,
      isUnbroken: true,
    },
  ]
}

/** Why the scheduler finds no node for a pod, in its words; undefined: it found one, or has not looked yet. */
export const blockedBy = (pod: JsonObject): string | undefined => {
  const found = listAt(pod, ['status', 'conditions']).find(
    one => one.type === 'PodScheduled' && one.status === 'False' && one.reason === 'Unschedulable',
  )
  return found === undefined ? undefined : String(found.message)
}

/** True for a pod that an autoscaler adds a node for: nobody can say how long that takes. */
export const isHelped = (pod: JsonObject, snapshot: Snapshot): boolean =>
  blockedBy(pod) !== undefined && eventOf(snapshot, pod, ['TriggeredScaleUp']) !== undefined

/**
 * No node comes and no room is made: by a pod that ends, or by one that the scheduler put out for this one. For a pod of
 * a daemon set no node ever comes: each belongs to a node that is there.
 */
const staysSo = (pod: JsonObject, blocked: string, { hasFixedNodes, isLeaving }: Snapshot): boolean =>
  (hasFixedNodes || listAt(pod, ['metadata', 'ownerReferences']).some(({ kind }) => kind === 'DaemonSet')) &&
  !isLeaving &&
  !comesLater.test(blocked) &&
  valueAt(pod, ['status', 'nominatedNodeName']) === undefined
