import { readResources } from './roles.ts'

/** The one node: everything runs there, nothing does. */
export const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: 'gke-node-1',
    labels: {
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
      'kubernetes.io/hostname': 'gke-node-1',
    },
  },
  status: {
    allocatable: { cpu: '256', memory: '1024Gi', pods: '250', 'ephemeral-storage': '500Gi' },
    capacity: { cpu: '256', memory: '1024Gi', pods: '250', 'ephemeral-storage': '500Gi' },
  },
} as const

/** GKE's default class, but bound at once: kwok does not wait for a consumer. */
export const storageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: {
    name: 'standard-rwo',
    annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
  },
  provisioner: 'pd.csi.storage.gke.io',
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'Immediate',
  allowVolumeExpansion: true,
} as const

/** What GKE's roles/container.viewer grants. */
export const viewerRole = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'e2e-planner' },
  rules: readResources,
} as const

/**
 * GKE's roles/container.admin grants everything, `container.clusterRoles.escalate` and `bind` with it. Kubernetes' own
 * role does too, and is no member of `system:masters`, whom nothing is checked of: that a chart's roles grant no more than
 * their maker holds is looked at as on GKE.
 */
export const adminRole = 'cluster-admin'

/** What is left to an applier whose rights were cut. */
export const limitedRole = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'e2e-limited' },
  rules: [
    { apiGroups: [''], resources: ['secrets', 'pods/log'], verbs: ['get', 'list'] },
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['*'] },
  ],
} as const

/** Gives a role to a user. */
export const binding = (role: string, user: string) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: `${role}-${user.split('@')[0]}` },
  subjects: [{ kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io' }],
  roleRef: { kind: 'ClusterRole', name: role, apiGroup: 'rbac.authorization.k8s.io' },
})

/** Logs everything that these users do, bodies included, and nothing of anybody else. */
export const auditPolicy = (users: readonly string[]): string =>
  JSON.stringify({
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [{ level: 'RequestResponse', users }, { level: 'None' }],
  })
