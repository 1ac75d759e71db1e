import { isObject, type Json, type JsonObject, valueAt } from '../core/json.ts'
import { markLabel } from '../kinds/in-cluster.ts'
import type { ClusterName, KubernetesReader, KubernetesReaders } from '../kubernetes/port.ts'
import type { Sight } from './sight.ts'
import { type ReadStored, type Stored, storedIn } from './stored.ts'

/** A Helm release as the cluster shows it. */
export interface FoundRelease {
  readonly name: string
  readonly namespace: string
  /** What it made, Secrets left out. */
  readonly objects: readonly JsonObject[]
  /** What helm keeps of it; undefined where that cannot be read. */
  readonly stored: Stored | undefined
}

/** What is inside a cluster. */
export interface Inside {
  readonly namespaces: readonly JsonObject[]
  readonly releases: readonly FoundRelease[]
  /** Cloud SQL instances that pods reach through a proxy, `PROJECT:REGION:INSTANCE`. */
  readonly connections: readonly string[]
}

/** Nothing. */
export const emptyInside: Inside = { namespaces: [], releases: [], connections: [] }

const selector = { labelSelector: 'app.kubernetes.io/managed-by=Helm' }

/** What releases are found by, with their wiring; the planner compares the rest. */
const collections = [
  '/apis/apps/v1/deployments',
  '/apis/apps/v1/statefulsets',
  '/apis/apps/v1/daemonsets',
  '/api/v1/services',
  '/api/v1/configmaps',
  '/api/v1/serviceaccounts',
  '/apis/networking.k8s.io/v1/ingresses',
]

/** Looks into a cluster; helm's own records only through `read`. What cannot be read is noted in `sight`. */
export const lookInside = async (
  cluster: ClusterName,
  readers: KubernetesReaders,
  read: ReadStored,
  sight: Sight,
): Promise<Inside> => {
  const what = `what is in the cluster ${cluster.name}`
  return sight.see(
    { what, permission: 'container.deployments.list (roles/container.viewer)' },
    async () => {
      const reader = await readers.reader(cluster)
      return reader === undefined ? emptyInside : inside(reader, read, sight)
    },
    emptyInside,
  )
}

const inside = async (reader: KubernetesReader, read: ReadStored, sight: Sight): Promise<Inside> => {
  const [namespaces, deployments, ...lists] = await Promise.all([
    reader.list('/api/v1/namespaces'),
    reader.list('/apis/apps/v1/deployments'),
    ...collections.map(path => reader.list(path, selector)),
  ])
  const objects = lists.flat()
  const names = [...new Set(objects.flatMap(releaseOf))].sort()
  const releases = names.map(async name => {
    const [namespace = '', release = ''] = name.split('/')
    const own = objects.filter(object => releaseOf(object).includes(name))
    const view = {
      what: `the values of the Helm release ${release}`,
      permission: 'container.secrets.list (helm keeps them in Secrets)',
    }
    const secrets = await sight.see(view, () => read(namespace), [])
    return { name: release, namespace, objects: own, stored: storedIn(secrets, release) }
  })
  return {
    namespaces,
    releases: await Promise.all(releases),
    connections: [...new Set(deployments.flatMap(connectionsIn))].sort(),
  }
}

/** `NAMESPACE/RELEASE` of an object that helm made. */
const releaseOf = (object: JsonObject): readonly string[] => {
  const annotation = (key: string) => valueAt(object, ['metadata', 'annotations', `meta.helm.sh/${key}`])
  const [name, namespace] = [annotation('release-name'), annotation('release-namespace')]
  return typeof name === 'string' && typeof namespace === 'string' ? [`${namespace}/${name}`] : []
}

/** The environment that an object carries the mark of, or null. */
export const markIn = (object: JsonObject): string | null => {
  const mark = valueAt(object, ['metadata', 'labels', markLabel])
  return typeof mark === 'string' ? mark : null
}

/** All containers of a workload's pods, init containers first. */
export const containersOf = (workload: JsonObject): readonly JsonObject[] =>
  ['initContainers', 'containers'].flatMap(key => {
    const list: Json | undefined = valueAt(workload, ['spec', 'template', 'spec', key])
    return Array.isArray(list) ? list.filter(isObject) : []
  })

/** The arguments of a container. */
export const argumentsOf = ({ args, command }: JsonObject): readonly string[] =>
  [command, args].flatMap(list => (Array.isArray(list) ? list.map(String) : []))

const connection = /^(?:-?-instances=)?((?:[a-z0-9.-]+:)?[a-z0-9-]+:[a-z]+-[a-z]+\d+:[a-z0-9-]+)(?:[=?].*)?$/

/** The instances that a workload's proxies connect to, as `PROJECT:REGION:INSTANCE`. */
export const connectionsIn = (workload: JsonObject): readonly string[] =>
  containersOf(workload)
    .flatMap(argumentsOf)
    .flatMap(argument => connection.exec(argument)?.[1] ?? [])
