import { isObject, type JsonObject, valueAt } from '../core/json.ts'

/** Kinds that live outside namespaces, of the APIs that every cluster serves. */
export const clusterScoped: ReadonlySet<string> = new Set([
  'Namespace',
  'Node',
  'PersistentVolume',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'IngressClass',
  'StorageClass',
  'CSIDriver',
  'CSINode',
  'VolumeAttachment',
  'PriorityClass',
  'RuntimeClass',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'APIService',
  'CertificateSigningRequest',
  'FlowSchema',
  'PriorityLevelConfiguration',
])

/** Kinds that the chart's own definitions declare cluster-wide. */
export const clusterScopedIn = (definitions: readonly JsonObject[]): ReadonlySet<string> =>
  new Set(
    definitions
      .filter(definition => valueAt(definition, ['spec', 'scope']) === 'Cluster')
      .map(definition => String(valueAt(definition, ['spec', 'names', 'kind']))),
  )

/** An object with its namespace filled in, or taken out where its kind has none. */
export const placed = (
  object: JsonObject,
  namespace: string,
  alsoClusterScoped: ReadonlySet<string>,
): JsonObject => {
  const metadata = isObject(object.metadata) ? object.metadata : {}
  const kind = String(object.kind)
  const { namespace: own, ...rest } = metadata
  if (clusterScoped.has(kind) || alsoClusterScoped.has(kind)) return { ...object, metadata: rest }
  return {
    ...object,
    metadata: { ...rest, namespace: typeof own === 'string' && own !== '' ? own : namespace },
  }
}
