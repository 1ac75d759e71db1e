import { isObject, type Json, type JsonObject } from '../../core/json.ts'
import { listAt, nameOf, objectAt, stringsAt, textAt, uidOf, withMetadata, without } from './object.ts'
import { withPodDefaults } from './pod-defaults.ts'

/** What defaulting may ask the server for. */
export interface Allocator {
  /** A free cluster address. */
  clusterIp(): string
  /** A free node port. */
  nodePort(): number
  /** The default StorageClass's name, undefined without one. */
  defaultClass(): string | undefined
}

const withSpec = (object: JsonObject, defaults: JsonObject): JsonObject => ({
  ...object,
  spec: { ...defaults, ...objectAt(object, 'spec') },
})

const deployment = (object: JsonObject): JsonObject => {
  const full = withSpec(object, { progressDeadlineSeconds: 600, replicas: 1, revisionHistoryLimit: 10 })
  const spec = objectAt(full, 'spec')
  const strategy = { type: 'RollingUpdate', ...objectAt(spec, 'strategy') }
  const rolling = { maxSurge: '25%', maxUnavailable: '25%', ...objectAt(strategy, 'rollingUpdate') }
  return {
    ...full,
    spec: {
      ...spec,
      strategy: strategy.type === 'RollingUpdate' ? { ...strategy, rollingUpdate: rolling } : strategy,
    },
  }
}

const servicePorts = (spec: JsonObject, nodePorts: boolean, allocator: Allocator): Json =>
  listAt(spec, 'ports').map(port =>
    isObject(port)
      ? {
          protocol: 'TCP',
          targetPort: port.port ?? 0,
          ...(nodePorts && port.nodePort === undefined ? { nodePort: allocator.nodePort() } : {}),
          ...port,
        }
      : port,
  )

const service = (object: JsonObject, allocator: Allocator): JsonObject => {
  const full = withSpec(object, {
    type: 'ClusterIP',
    sessionAffinity: 'None',
    internalTrafficPolicy: 'Cluster',
  })
  const spec = objectAt(full, 'spec')
  const type = textAt(spec, 'type')
  if (type === 'ExternalName') return full
  const outside = type === 'LoadBalancer' || type === 'NodePort'
  const clusterIp = textAt(spec, 'clusterIP') || allocator.clusterIp()
  const network = {
    clusterIP: clusterIp,
    clusterIPs: [clusterIp],
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
  }
  return {
    ...full,
    spec: {
      ...network,
      ...(outside ? { externalTrafficPolicy: 'Cluster' } : {}),
      ...(type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: true } : {}),
      ...spec,
      ports: servicePorts(spec, outside, allocator),
    },
  }
}

const secret = (object: JsonObject): JsonObject => {
  const plain = Object.entries(stringsAt(object, 'stringData'))
  const encoded = Object.fromEntries(
    plain.map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  )
  const data = { ...objectAt(object, 'data'), ...encoded }
  const rest = without(object, 'stringData', 'data')
  return { type: 'Opaque', ...rest, ...(Object.keys(data).length === 0 ? {} : { data }) }
}

const claim = (object: JsonObject, allocator: Allocator): JsonObject => {
  const storageClass = allocator.defaultClass()
  const named = storageClass === undefined ? {} : { storageClassName: storageClass }
  return withSpec(object, { volumeMode: 'Filesystem', ...named })
}

const job = (object: JsonObject): JsonObject => {
  const full = withSpec(object, {
    parallelism: 1,
    completions: 1,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    suspend: false,
  })
  const spec = objectAt(full, 'spec')
  const template = objectAt(spec, 'template')
  const owner = {
    'batch.kubernetes.io/controller-uid': uidOf(object),
    'batch.kubernetes.io/job-name': nameOf(object),
    'controller-uid': uidOf(object),
    'job-name': nameOf(object),
  }
  const labels = { ...objectAt(template, 'metadata', 'labels'), ...owner }
  const selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': uidOf(object) } }
  return { ...full, spec: { selector, ...spec, template: withMetadata(template, { labels }) } }
}

const webhooks = (object: JsonObject): JsonObject => ({
  ...object,
  webhooks: listAt(object, 'webhooks').map(hook =>
    isObject(hook)
      ? {
          failurePolicy: 'Fail',
          matchPolicy: 'Equivalent',
          timeoutSeconds: 10,
          namespaceSelector: {},
          objectSelector: {},
          ...hook,
        }
      : hook,
  ),
})

const binding = (object: JsonObject): JsonObject => ({
  ...object,
  subjects: listAt(object, 'subjects').map(subject =>
    isObject(subject) && subject.kind !== 'ServiceAccount'
      ? { apiGroup: 'rbac.authorization.k8s.io', ...subject }
      : subject,
  ),
})

const namespace = (object: JsonObject): JsonObject => {
  const labels = { ...objectAt(object, 'metadata', 'labels'), 'kubernetes.io/metadata.name': nameOf(object) }
  return {
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
    ...withMetadata(object, { labels }),
  }
}

const byKind: Readonly<Record<string, (object: JsonObject, allocator: Allocator) => JsonObject>> = {
  Deployment: deployment,
  StatefulSet: object =>
    withSpec(object, { replicas: 1, podManagementPolicy: 'OrderedReady', revisionHistoryLimit: 10 }),
  Service: service,
  Secret: secret,
  PersistentVolumeClaim: claim,
  PersistentVolume: object =>
    withSpec(object, { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' }),
  Job: job,
  Namespace: namespace,
  RoleBinding: binding,
  ClusterRoleBinding: binding,
  ValidatingWebhookConfiguration: webhooks,
  MutatingWebhookConfiguration: webhooks,
  StorageClass: object => ({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate', ...object }),
}

/** The object as the server stores it: with the defaults of its kind. */
export const withDefaults = (object: JsonObject, allocator: Allocator): JsonObject => {
  const fill = byKind[textAt(object, 'kind')]
  const filled = fill === undefined ? object : fill(object, allocator)
  return withPodDefaults(filled)
}
