import type { Handler, Route } from '../route.ts'
import { createCluster, deleteCluster, findCluster, listClusters } from './clusters.ts'
import {
  createPool,
  deletePool,
  getPool,
  listPools,
  setAutoscaling,
  setManagement,
  setSize,
  updatePool,
} from './node-pools.ts'
import { getOperation, listOperations } from './operations.ts'
import { updateCluster } from './update.ts'
import { setMaintenancePolicy, setResourceLabels } from './verbs.ts'
import { serverConfig } from './versions.ts'

const route = (method: string, permission: string, handle: Handler): Route => ({
  api: 'container',
  method: `container.projects.locations.${method}`,
  permission: `container.${permission}`,
  handle,
})

/** Kubernetes Engine API v1, below `locations/`. */
export const containerRoutes: readonly Route[] = [
  route('clusters.list', 'clusters.list', listClusters),
  route('clusters.get', 'clusters.get', findCluster),
  route('clusters.create', 'clusters.create', createCluster),
  route('clusters.delete', 'clusters.delete', deleteCluster),
  route('clusters.update', 'clusters.update', updateCluster),
  route('clusters.setResourceLabels', 'clusters.update', setResourceLabels),
  route('clusters.setMaintenancePolicy', 'clusters.update', setMaintenancePolicy),
  route('clusters.nodePools.list', 'clusters.get', listPools),
  route('clusters.nodePools.get', 'clusters.get', getPool),
  route('clusters.nodePools.create', 'clusters.update', createPool),
  route('clusters.nodePools.delete', 'clusters.update', deletePool),
  route('clusters.nodePools.update', 'clusters.update', updatePool),
  route('clusters.nodePools.setSize', 'clusters.update', setSize),
  route('clusters.nodePools.setManagement', 'clusters.update', setManagement),
  route('clusters.nodePools.setAutoscaling', 'clusters.update', setAutoscaling),
  route('operations.get', 'operations.get', getOperation),
  route('operations.list', 'operations.list', listOperations),
  route('getServerConfig', 'clusters.list', serverConfig),
]
