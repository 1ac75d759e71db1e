import type { JsonObject } from '../../core/json.ts'
import { groupVersion, type Resource } from './resources.ts'

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const subVerbs: Readonly<Record<string, readonly string[]>> = {
  status: ['get', 'patch', 'update'],
  scale: ['get', 'patch', 'update'],
  log: ['get'],
  proxy: ['get'],
}

const reviews = [
  { group: 'authorization.k8s.io', kind: 'SelfSubjectAccessReview', name: 'selfsubjectaccessreviews' },
  { group: 'authorization.k8s.io', kind: 'SubjectAccessReview', name: 'subjectaccessreviews' },
  { group: 'authentication.k8s.io', kind: 'SelfSubjectReview', name: 'selfsubjectreviews' },
] as const

/** Answer of GET /version. */
export const versionInfo = (version: string): JsonObject => {
  const [, major = '1', minor = '33'] = /^v(\d+)\.(\d+)/.exec(version) ?? []
  return {
    major,
    minor,
    gitVersion: version,
    gitCommit: '0000000000000000000000000000000000000000',
    gitTreeState: 'clean',
    buildDate: '2026-01-01T00:00:00Z',
    goVersion: 'go1.24.6 X:boringcrypto',
    compiler: 'gc',
    platform: 'linux/amd64',
  }
}

/** Answer of GET /api. */
export const coreVersions = (address: string): JsonObject => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
})

const group = (name: string, versions: readonly string[]): JsonObject => {
  const entries = versions.map(version => ({ groupVersion: `${name}/${version}`, version }))
  return { name, versions: entries, preferredVersion: entries[0] ?? {} }
}

const groups = (resources: readonly Resource[]): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, readonly string[]>(reviews.map(review => [review.group, ['v1']]))
  for (const resource of resources) {
    if (resource.group === '') continue
    const known = found.get(resource.group) ?? []
    if (!known.includes(resource.version)) found.set(resource.group, [...known, resource.version])
  }
  return found
}

/** Answer of GET /apis: the old per-group form, to which every client falls back. */
export const groupList = (resources: readonly Resource[]): JsonObject => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: [...groups(resources)].map(([name, versions]) => group(name, versions)),
})

/** Answer of GET /apis/GROUP, undefined for a group that is not served. */
export const groupDescription = (resources: readonly Resource[], name: string): JsonObject | undefined => {
  const versions = groups(resources).get(name)
  return versions === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...group(name, versions) }
}

const inAll = [
  'Pod',
  'Service',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'HorizontalPodAutoscaler',
]

const described = (resource: Resource): readonly JsonObject[] => [
  {
    name: resource.plural,
    singularName: resource.kind.toLowerCase(),
    namespaced: resource.namespaced,
    kind: resource.kind,
    verbs,
    ...(inAll.includes(resource.kind) ? { categories: ['all'] } : {}),
    ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
  },
  ...resource.subresources.map(sub => ({
    name: `${resource.plural}/${sub}`,
    singularName: '',
    namespaced: resource.namespaced,
    kind: resource.kind,
    verbs: subVerbs[sub] ?? [],
  })),
]

/** Answer of GET /api/v1 and /apis/GROUP/VERSION, undefined when nothing is served there. */
export const resourceList = (resources: readonly Resource[], wanted: string): JsonObject | undefined => {
  const found = resources.filter(resource => groupVersion(resource) === wanted).flatMap(described)
  const virtual = reviews
    .filter(review => `${review.group}/v1` === wanted)
    .map(({ kind, name }) => ({
      name,
      singularName: kind.toLowerCase(),
      namespaced: false,
      kind,
      verbs: ['create'],
    }))
  const list = [...found, ...virtual]
  return list.length === 0
    ? undefined
    : { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: wanted, resources: list }
}
