import type { JsonObject } from '../../../core/json.ts'
import { controllerOf, nameOf, namespaceOf, uidOf } from '../object.ts'
import { resourceOf } from '../resources.ts'
import type { Change } from '../store.ts'
import type { World } from '../world.ts'
import { reconcileIngress, reconcileService } from './balancers.ts'
import { reconcileClaim } from './claims.ts'
import { reconcileDeployment, reconcileReplicaSet } from './deployment.ts'
import { advancePod } from './pod.ts'
import { reconcileDaemonSet, reconcileJob, reconcileStatefulSet } from './workloads.ts'
import { ensure } from './write.ts'

type Reconcile = (world: World, object: JsonObject) => void

const owners: Readonly<Record<string, Reconcile>> = {
  Deployment: reconcileDeployment,
  ReplicaSet: reconcileReplicaSet,
  StatefulSet: reconcileStatefulSet,
  DaemonSet: reconcileDaemonSet,
  Job: reconcileJob,
}

const namespaceParts = (world: World, namespace: JsonObject): void => {
  const metadata = (name: string) => ({ name, namespace: nameOf(namespace) })
  ensure(world, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata('default') })
}

const ingresses: Reconcile = world => {
  for (const ingress of world.store.list(resourceOf('Ingress')))
    reconcileIngress(world, ingress, world.store.list(resourceOf('Service')))
}

const reconcilers: Readonly<Record<string, Reconcile>> = {
  ...owners,
  Pod: advancePod,
  PersistentVolumeClaim: reconcileClaim,
  Namespace: namespaceParts,
  Service: (world, service) => {
    reconcileService(world, service)
    ingresses(world, service)
  },
  Ingress: ingresses,
}

const runOwner = (world: World, object: JsonObject): void => {
  const owner = controllerOf(object)
  for (const [kind, reconcile] of Object.entries(owners)) {
    const found = world.store.list(resourceOf(kind), namespaceOf(object)).find(each => uidOf(each) === owner)
    if (found !== undefined) world.clock.schedule(0, () => reconcile(world, found))
  }
}

/** Looks again at everything that may be stuck. */
export const retry = (world: World): void => {
  for (const pod of world.store.list(resourceOf('Pod'))) advancePod(world, pod)
  for (const claim of world.store.list(resourceOf('PersistentVolumeClaim'))) reconcileClaim(world, claim)
  for (const service of world.store.list(resourceOf('Service'))) reconcileService(world, service)
}

/** Kinds whose arrival may free a pod that waits for them. */
const awaited = ['Secret', 'ConfigMap', 'PersistentVolumeClaim', 'StorageClass', 'PersistentVolume']

const react = (world: World, { type, resource, object }: Change): void => {
  if (type !== 'DELETED') {
    const reconcile = reconcilers[resource.kind]
    if (reconcile !== undefined) world.clock.schedule(0, () => reconcile(world, object))
  }
  if (controllerOf(object) !== '') runOwner(world, object)
  if (awaited.includes(resource.kind) && type !== 'DELETED') world.clock.schedule(0, () => retry(world))
}

/** Starts the controllers; the returned function stops them. */
export const startControllers = (world: World): (() => void) =>
  world.store.subscribe(change => react(world, change))
