import { isObject, type Json, type JsonObject, valueAt } from '../../../src/core/json.ts'
import type { EndState } from '../../support/end-state.ts'
import { recordedChart } from '../../support/helm-record.ts'
import { listIn, revisions } from './looks.ts'
import type { ControlPlane } from './start.ts'

const collections: Readonly<Record<string, readonly string[]>> = {
  '/api/v1': ['configmaps', 'persistentvolumeclaims', 'secrets', 'serviceaccounts', 'services'],
  '/apis/apps/v1': ['deployments'],
  '/apis/batch/v1': ['jobs'],
  '/apis/coordination.k8s.io/v1': ['leases'],
}

/**
 * Everything in a namespace whose release has the same name: objects with their content, what helm says of its
 * revisions, and of what controllers name themselves how many there are of each sort.
 */
export const endStateOf = async (plane: ControlPlane, name: string): Promise<EndState> => {
  const { admin } = plane
  const below = (group: string, plural: string) => admin.items(`${group}/namespaces/${name}/${plural}`)
  const named = await Promise.all(
    Object.entries(collections).flatMap(([group, plurals]) =>
      plurals.map(async plural =>
        (await below(group, plural)).map(one => [keyOf(plural, one), one] as const),
      ),
    ),
  )
  const space = await admin.get(`/api/v1/namespaces/${name}`)
  const objects = [['namespace', space ?? {}] as const, ...named.flat()].filter(([key]) => !record.test(key))
  const lines = await revisions({ plane }, name, name)
  return {
    ...Object.fromEntries(objects.map(([key, one]) => [plain(key, name), stable(one, name)])),
    revisions: ofRevisions(lines),
    chart: await chartOf(plane, name, lines.at(-1)?.split(' ')[0]),
    replicasets: (await below('/apis/apps/v1', 'replicasets')).map(setIn).sort(),
    pods: (await below('/api/v1', 'pods')).map(podIn).sort(),
  }
}

/** What helm's record of a revision says of its chart. */
const chartOf = async ({ admin }: ControlPlane, name: string, number = 'none'): Promise<string> => {
  const secret = await admin.get(`/api/v1/namespaces/${name}/secrets/sh.helm.release.v1.${name}.v${number}`)
  return secret === undefined ? 'none' : recordedChart(String(valueAt(secret, ['data', 'release'])))
}

const record = /^secrets\/sh\.helm\.release\.v1\./

/** Their numbers are not compared: an operation that ended itself leaves one more behind. */
const ofRevisions = (lines: readonly string[]): Json => ({
  last: lines.at(-1)?.replace(/^\d+ /, '') ?? 'none',
  deployed: lines.filter(line => line.endsWith(' deployed')).length,
  pending: lines.filter(line => line.includes(' pending')).length,
})

const keyOf = (plural: string, object: JsonObject): string =>
  `${plural}/${String(valueAt(object, ['metadata', 'name']))}`

/** A text about a release with `NAME` for its name: two releases differ in that. */
export const plain = (text: string, name: string): string => text.replaceAll(name, 'NAME')

const passing = [
  'creationTimestamp',
  'uid',
  'resourceVersion',
  'managedFields',
  'ownerReferences',
  'status',
  'clusterIP',
  'clusterIPs',
  'volumeName',
  'acquireTime',
  'renewTime',
]

const stable = (object: JsonObject, name: string): Json =>
  JSON.parse(
    plain(
      JSON.stringify(object, (key, value: unknown) => (passing.includes(key) ? undefined : value)),
      name,
    ),
  ) as Json

const setIn = (set: JsonObject): string =>
  `${imagesIn(set, 'spec', 'template', 'spec')} ×${String(valueAt(set, ['spec', 'replicas']))}`

const podIn = (pod: JsonObject): string => {
  const [owner] = listIn(pod, 'metadata', 'ownerReferences')
  const going = isObject(pod.metadata) && Object.hasOwn(pod.metadata, 'deletionTimestamp') ? ' going' : ''
  const phase = String(valueAt(pod, ['status', 'phase']))
  return `${String(owner?.kind)} ${imagesIn(pod, 'spec')} ${phase}${going}`
}

const imagesIn = (object: JsonObject, ...pod: readonly string[]): string =>
  listIn(object, ...pod, 'containers')
    .map(({ image }) => String(image))
    .join(' ')
