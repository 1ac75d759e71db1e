import { type JsonObject, valueAt } from '../../core/json.ts'
import type { Observed, Resource } from '../../core/resource.ts'
import type { ClusterName, KubernetesReader } from '../../kubernetes/port.ts'
import { builtIn } from '../../kubernetes/resources.ts'
import { identityIn, markLabel } from '../in-cluster.ts'
import { text } from '../kind.ts'
import { comparable } from './comparable.ts'
import { keyOf } from './keys.ts'
import { chartAnnotation, leaseName, releaseLabel, unfinishedIn } from './lease-object.ts'
import { liveObjects } from './live.ts'
import { ownedByHelm, withOwned } from './owned.ts'
import { projected } from './project.ts'
import { withoutRandom } from './random.ts'
import { chartOf, isKept, lookedUpOf, objectsOf, randomOf } from './spec.ts'

/** Looks at one release: its objects by helm's annotations, and the Lease by which Slipway remembers it. */
export const observeRelease = async (
  { spec }: Pick<Resource, 'spec'>,
  reader: KubernetesReader,
): Promise<Observed> => {
  const wanted = objectsOf(spec) ?? {}
  const [live, lease] = await Promise.all([liveObjects(reader, spec, wanted), leaseOf(reader, spec)])
  const settling = unfinishedIn(lease)
  // What the keep policy left behind after the release is gone is no release.
  if (live.every(isKept) && (lease === undefined || (live.length === 0 && settling === undefined)))
    return { state: 'absent' }
  const objects = comparedObjects(live, wanted, spec)
  const chart = liveChart(live, lease, chartOf(spec).name)
  const mark = valueAt(lease, ['metadata', 'labels', markLabel])
  const owner = typeof mark === 'string' ? mark : null
  const { cluster = null, project = null, release = null, namespace = null } = spec
  return {
    state: 'present',
    spec: {
      cluster,
      project,
      release,
      namespace,
      ...(chart === undefined ? {} : { chart }),
      objects,
      ...(owner === null ? {} : { mark: owner }),
    },
    unknown: [
      ...(chart === undefined ? ['chart.name', 'chart.version'] : []),
      ...Object.keys(wanted)
        .filter(key => key.startsWith('Secret/'))
        .map(key => `objects.${key}`),
      ...lookedUpOf(spec)
        .filter(key => Object.hasOwn(objects, key))
        .map(key => `objects.${key}`),
      ...(objectsOf(spec) === undefined ? ['objects'] : []),
    ],
    outputs: {},
    mark: owner,
    ...(settling === undefined ? {} : { settling }),
  }
}

/** Asks for what observing a release reads, as far as that is known before its chart is rendered. @throws KubernetesError */
export const observeAhead = async (
  reader: KubernetesReader,
  spec: JsonObject,
  kinds: readonly string[],
): Promise<void> => {
  const named = builtIn.filter(({ kind }) => kinds.includes(kind))
  const wanted = named.map(({ apiVersion, kind }) => [`${kind}/x`, { apiVersion }] as const)
  await Promise.all([liveObjects(reader, spec, Object.fromEntries(wanted)), leaseOf(reader, spec)])
}

const leasesIn = (reader: KubernetesReader): Promise<readonly JsonObject[]> =>
  reader.list('/apis/coordination.k8s.io/v1/leases', { labelSelector: releaseLabel })

const leaseOf = async (reader: KubernetesReader, spec: JsonObject): Promise<JsonObject | undefined> => {
  const all = await leasesIn(reader)
  const name = leaseName(text(spec, 'release'))
  return all.find(
    lease =>
      valueAt(lease, ['metadata', 'name']) === name &&
      valueAt(lease, ['metadata', 'namespace']) === spec.namespace,
  )
}

/** Releases that are there, by the marks of their Leases. */
export const releaseMarks = async (
  reader: KubernetesReader,
  cluster: ClusterName,
): Promise<readonly (readonly [string, string])[]> => {
  const leases = await leasesIn(reader)
  const found = leases.map(async ({ metadata = null }) => {
    const [release, mark] = [releaseLabel, markLabel].map(label => valueAt(metadata, ['labels', label]))
    const namespace = valueAt(metadata, ['namespace'])
    if (typeof release !== 'string' || typeof namespace !== 'string' || typeof mark !== 'string') return []
    const live = await liveObjects(reader, { release, namespace }, {})
    if (live.every(isKept)) return []
    return [[identityIn(cluster, `namespaces/${namespace}/releases/${release}`), mark] as const]
  })
  return (await Promise.all(found)).flat()
}

/** Declared fields, and those that helm owns though the chart no longer sets them. */
const comparedObjects = (
  live: readonly JsonObject[],
  wanted: Readonly<Record<string, JsonObject>>,
  spec: JsonObject,
): JsonObject => {
  const entries = live.flatMap(object => {
    const key = keyOf(object)
    const declared = wanted[key]
    // What the keep policy leaves behind is nobody's to remove.
    if (declared === undefined) return isKept(object) ? [] : [[key, comparable(object)] as const]
    const shown = projected(comparable(object), declared) as JsonObject
    return [[key, withOwned(shown, comparable(ownedByHelm(object)))] as const]
  })
  return withoutRandom(Object.fromEntries(entries), randomOf(spec), wanted)
}

/** From our Lease, which remembers what was applied last; else from the label that most charts set. */
const liveChart = (
  live: readonly JsonObject[],
  lease: JsonObject | undefined,
  name: string,
): JsonObject | undefined => {
  const remembered = valueAt(lease, ['metadata', 'annotations', chartAnnotation])
  const [own, version] = typeof remembered === 'string' ? remembered.split(' ') : []
  if (own !== undefined && version !== undefined) return { name: own, version }
  const labels = live.map(object => valueAt(object, ['metadata', 'labels', 'helm.sh/chart']))
  const label = labels.find(one => typeof one === 'string' && new RegExp(`^${name}-\\d`).test(one))
  return typeof label === 'string'
    ? { name, version: label.slice(name.length + 1).replaceAll('_', '+') }
    : undefined
}
