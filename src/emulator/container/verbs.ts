import { badRequest, failedPrecondition } from '../errors.ts'
import { type JsonObject, objectAt, textAt, withoutNulls } from '../json.ts'
import { type Call, param } from '../route.ts'
import { labelFingerprint } from './cluster-defaults.ts'
import { findCluster, keyOf, store } from './clusters.ts'
import { checkIdle, start } from './operations.ts'
import { checkLabels, checkRunning } from './rules.ts'

function editable(call: Call): JsonObject {
  const cluster = findCluster(call)
  checkIdle(call, param(call, 'locationsId'), String(cluster.name))
  checkRunning(cluster)
  return cluster
}

/** container v1, projects.locations.clusters.setResourceLabels: the full map, with the fingerprint that was read. */
export function setResourceLabels(call: Call): JsonObject {
  const cluster = editable(call)
  const labels = withoutNulls(objectAt(call.body, 'resourceLabels'))
  checkLabels(labels)
  const sent = textAt(call.body, 'labelFingerprint') ?? ''
  const unlabelled = Object.keys(objectAt(cluster, 'resourceLabels')).length === 0
  if (sent !== cluster.labelFingerprint && !(sent === '' && unlabelled)) {
    throw failedPrecondition(
      'Labels could not be set due to fingerprint mismatch; try again with the proper fingerprint: incorrect ' +
        `fingerprint supplied was "${sent}", the expected one is "${cluster.labelFingerprint}".`,
    )
  }
  const key = keyOf(call)
  return start(call, {
    // SET_LABELS is not used any more, says the description. [R gke-cluster-set-label]
    type: 'UPDATE_CLUSTER',
    cluster: String(cluster.name),
    immediate: true,
    apply() {
      const { resourceLabels: _, ...rest } = findCluster(call)
      const some = Object.keys(labels).length > 0
      store(call, key, {
        ...rest,
        ...(some && { resourceLabels: labels }),
        labelFingerprint: labelFingerprint(labels),
      })
    },
  })
}

/** container v1, projects.locations.clusters.setMaintenancePolicy: with the resourceVersion that was read. */
export function setMaintenancePolicy(call: Call): JsonObject {
  const cluster = editable(call)
  const policy = withoutNulls(objectAt(call.body, 'maintenancePolicy'))
  const current = textAt(cluster, 'maintenancePolicy', 'resourceVersion')
  if (textAt(policy, 'resourceVersion') !== current) {
    throw badRequest(`Maintenance policy resource version mismatch: the current one is "${current}".`)
  }
  const key = keyOf(call)
  const maintenancePolicy = { ...policy, resourceVersion: call.world.ids.hex(8) }
  return start(call, {
    // As with labels, the type of that name is unused.
    type: 'UPDATE_CLUSTER',
    cluster: String(cluster.name),
    immediate: true,
    apply: () => store(call, key, { ...findCluster(call), maintenancePolicy }),
  })
}
