const reading = ['get', 'list', 'watch'] as const

/** Of the core group, what is no Secret. RBAC only ever adds: there is no word for "everything but". */
const core = [
  'bindings',
  'componentstatuses',
  'configmaps',
  'endpoints',
  'events',
  'limitranges',
  'namespaces',
  'namespaces/status',
  'nodes',
  'nodes/status',
  'persistentvolumeclaims',
  'persistentvolumeclaims/status',
  'persistentvolumes',
  'persistentvolumes/status',
  'pods',
  'pods/status',
  'podtemplates',
  'replicationcontrollers',
  'replicationcontrollers/scale',
  'replicationcontrollers/status',
  'resourcequotas',
  'resourcequotas/status',
  'serviceaccounts',
  'services',
  'services/status',
] as const

/** Behind a request for a certificate there is its approval as well. */
const certificates = ['certificatesigningrequests', 'certificatesigningrequests/status'] as const

/** Every other group of Kubernetes; their subresources show the status and the scale of an object, and nothing else. */
const groups = [
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'autoscaling',
  'batch',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
] as const

/** Groups of custom resources: those of GKE that charts for it use, and that of tests. */
const custom = ['cloud.google.com', 'networking.gke.io', 'example.com'] as const

/**
 * What roles/container.viewer grants inside a cluster, as far as it is known. GKE asks IAM for `container.PLURAL.get` and
 * `.list` for each resource of Kubernetes, `getStatus` and `getScale` for the two subresources that show it, and
 * `container.thirdPartyObjects` for custom resources (cloud.google.com/iam/docs/roles-permissions/container; custom roles
 * that people made from this one list the same). Among the role's permissions is none on `container.secrets`, and none of
 * `pods.getLogs`, `exec`, `portForward` and `proxy`. Kubernetes' own role `view` has no Secrets either, but the logs.
 * `viewer` of the emulator says the same; `control-plane-roles.test.ts` holds both against each other and against `view`.
 */
export const readResources = [
  { apiGroups: [''], resources: core, verbs: reading },
  { apiGroups: ['certificates.k8s.io'], resources: certificates, verbs: reading },
  { apiGroups: [...groups, ...custom], resources: ['*'], verbs: reading },
] as const
