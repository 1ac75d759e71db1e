import type { JsonObject } from '../../core/json.ts'
import { timestamp } from './object.ts'
import { create } from './operations.ts'
import { resourceOf } from './resources.ts'
import type { World } from './world.ts'

const storageClass = (name: string, type: string, isDefault: boolean): JsonObject => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: {
    name,
    ...(isDefault ? { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } : {}),
  },
  provisioner: 'pd.csi.storage.gke.io',
  parameters: { type },
  allowVolumeExpansion: true,
  volumeBindingMode: 'Immediate',
})

/** A node of machine type e2-standard-8 with what GKE leaves to pods. */
const node = (world: World): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: 'gke-default-0',
    labels: {
      'node.kubernetes.io/instance-type': 'e2-standard-8',
      'cloud.google.com/gke-nodepool': 'default',
    },
  },
  status: {
    allocatable: { cpu: '7910m', memory: '29014304Ki', pods: '110', 'ephemeral-storage': '47060071478' },
    capacity: { cpu: '8', memory: '32867740Ki', pods: '110', 'ephemeral-storage': '98831908Ki' },
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'KubeletReady',
        lastTransitionTime: timestamp(world.clock.now()),
      },
    ],
    nodeInfo: { kubeletVersion: world.version },
  },
})

/** Puts in what a new GKE cluster has: its namespaces, storage classes and one node. */
export const seed = (world: World): void => {
  const put = (object: JsonObject, kind: string): void => {
    const target = {
      resource: resourceOf(kind),
      namespace: '',
      name: '',
      subresource: '',
      manager: 'gke',
      dryRun: false,
    }
    create(world, target, object)
  }
  for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease'])
    put({ metadata: { name } }, 'Namespace')
  put(storageClass('standard-rwo', 'pd-balanced', true), 'StorageClass')
  put(storageClass('premium-rwo', 'pd-ssd', false), 'StorageClass')
  const { status, ...rest } = node(world)
  put(rest, 'Node')
  const nodes = resourceOf('Node')
  const made = world.store.get(nodes, '', 'gke-default-0')
  if (made !== undefined && status !== undefined) world.store.put(nodes, { ...made, status })
}
