import { type JsonObject, valueAt } from '../../../core/json.ts'
import { nameOf, namespaceOf, objectAt, textAt, uidOf } from '../object.ts'
import { resourceOf } from '../resources.ts'
import type { World } from '../world.ts'
import { change, ensure, fresh, report, setStatus } from './write.ts'

const PROVISIONING = 2_000

const claimRef = (claim: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  namespace: namespaceOf(claim),
  name: nameOf(claim),
  uid: uidOf(claim),
})

const sizeOf = (claim: JsonObject): string => textAt(claim, 'spec', 'resources', 'requests', 'storage')

const provision = (world: World, claim: JsonObject, storageClass: JsonObject): string => {
  const name = `pvc-${uidOf(claim)}`
  ensure(world, {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      accessModes: valueAt(claim, ['spec', 'accessModes']) ?? ['ReadWriteOnce'],
      capacity: { storage: sizeOf(claim) },
      claimRef: claimRef(claim),
      csi: {
        driver: 'pd.csi.storage.gke.io',
        volumeHandle: `projects/emulated/zones/emulated/disks/${name}`,
      },
      persistentVolumeReclaimPolicy: textAt(storageClass, 'reclaimPolicy') || 'Delete',
      storageClassName: nameOf(storageClass),
    },
  })
  report(world, claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${name}`)
  return name
}

/** The name of the volume that the claim can have, or undefined with the reason told as an Event. */
const volumeFor = (world: World, claim: JsonObject): string | undefined => {
  const named = textAt(claim, 'spec', 'volumeName')
  if (named !== '') {
    const volume = world.store.get(resourceOf('PersistentVolume'), '', named)
    const holder = textAt(volume, 'spec', 'claimRef', 'name')
    if (volume !== undefined && (holder === '' || holder === nameOf(claim))) return named
    report(
      world,
      claim,
      'Warning',
      'FailedBinding',
      `volume "${named}" ${volume === undefined ? 'not found' : 'already bound to a different claim.'}`,
    )
    return undefined
  }
  const className = textAt(claim, 'spec', 'storageClassName')
  const storageClass = world.store.get(resourceOf('StorageClass'), '', className)
  if (storageClass !== undefined) return provision(world, claim, storageClass)
  const why =
    className === ''
      ? 'no persistent volumes available for this claim and no storage class is set'
      : `storageclass.storage.k8s.io "${className}" not found`
  report(world, claim, 'Warning', className === '' ? 'FailedBinding' : 'ProvisioningFailed', why)
  return undefined
}

const bind = (world: World, given: JsonObject): void => {
  const claim = fresh(world, given)
  if (claim === undefined || textAt(claim, 'status', 'phase') === 'Bound') return
  const name = world.behaviour.claims === 'pending' ? undefined : volumeFor(world, claim)
  if (name === undefined) {
    if (textAt(claim, 'status', 'phase') === '') setStatus(world, claim, { phase: 'Pending' })
    return
  }
  const volume = world.store.get(resourceOf('PersistentVolume'), '', name)
  if (volume === undefined) return
  change(world, claim, live => ({ ...live, spec: { ...objectAt(live, 'spec'), volumeName: name } }))
  change(world, volume, live => ({ ...live, spec: { ...objectAt(live, 'spec'), claimRef: claimRef(claim) } }))
  setStatus(world, volume, { phase: 'Bound' })
  setStatus(world, claim, {
    phase: 'Bound',
    accessModes: valueAt(claim, ['spec', 'accessModes']) ?? [],
    capacity: { storage: sizeOf(claim) },
  })
}

/** Binds a claim to the volume that it names or to a new one of its class. */
export const reconcileClaim = (world: World, claim: JsonObject): void => {
  if (textAt(claim, 'status', 'phase') === 'Bound') {
    const capacity = textAt(claim, 'status', 'capacity', 'storage')
    if (capacity !== sizeOf(claim))
      world.clock.schedule(PROVISIONING, () =>
        setStatus(world, claim, { capacity: { storage: sizeOf(claim) } }),
      )
    return
  }
  world.clock.schedule(PROVISIONING, () => bind(world, claim))
}
