import type { Change } from '../../core/change.ts'
import { isObject, type Json, type JsonObject, valueAt } from '../../core/json.ts'
import { SlipwayError } from '../../core/problem.ts'
import type { Observed, Resource } from '../../core/resource.ts'
import type { Gcp } from '../../gcp/port.ts'
import { type Kubernetes, KubernetesError, type KubernetesReader } from '../../kubernetes/port.ts'
import {
  clusterAddress,
  clusterFor,
  clusterOf,
  clusterSpec,
  eachWork,
  identityIn,
  isRaceOrLost,
  markLabel,
  marksInClusters,
  observeEach,
  partsIn,
} from '../in-cluster.ts'
import { defineKind, text, type Work } from '../kind.ts'
import { bareResource } from '../shared/identity.ts'
import { requireNotForeign } from '../shared/ours.ts'
import { rewriting } from '../shared/rewriting.ts'
import { inTurns } from '../shared/turns.ts'
import { namespaceRules } from './rules.ts'
import { type NamespaceSettings, namespaceSettings } from './schema.ts'

const collection = '/api/v1/namespaces'
const ownPrefix = 'slipway.dev/'
const nameLabel = 'kubernetes.io/metadata.name'

/** A Kubernetes namespace. What is in it goes with it, so it is never removed by a merge. */
export const namespace = defineKind<NamespaceSettings>({
  kind: 'namespace',
  schema: namespaceSettings,
  rules: namespaceRules,
  holdsData: true,
  takes: [1, 5],
  reads: [],
  resource: item => {
    const cluster = clusterFor(item, 'namespace')
    const { labels, annotations } = item.settings
    return {
      kind: 'namespace',
      name: item.name,
      address: `namespace/${item.name}`,
      identity: identityIn(cluster, `namespaces/${item.name}`),
      spec: {
        cluster: clusterSpec(cluster),
        name: item.name,
        ...(labels === undefined ? {} : { labels }),
        ...(annotations === undefined ? {} : { annotations }),
        mark: item.scope.environment,
      },
      dependsOn: clusterAddress(item),
      sources: item.sources,
    }
  },
  observe: (resources, { kubernetes }) => observeEach(resources, kubernetes, look),
  named: identity => {
    const found = partsIn('namespaces/{name}', identity)
    if (found === undefined) return undefined
    const { name = '' } = found.parts
    return bareResource('namespace', name, identity, { cluster: found.cluster, name })
  },
  marks: (_, { kubernetes }, resources) =>
    marksInClusters(resources, kubernetes, async (reader, cluster) =>
      (await reader.list(collection)).flatMap(one => {
        const mark = valueAt(one, ['metadata', 'labels', markLabel])
        const isGoing = valueAt(one, ['status', 'phase']) === 'Terminating'
        if (typeof mark !== 'string' || isGoing) return []
        return [[identityIn(cluster, `namespaces/${String(valueAt(one, ['metadata', 'name']))}`), mark]]
      }),
    ),
  create: (works, ports) =>
    eachWork(works, async work => {
      const writer = await ports.kubernetes.writer(clusterOf(work.spec))
      // Where the answer to a create was lost, the next attempt finds it, with our mark.
      await rewriting(ports.gcp, pathOf(work.spec), work, () => create(work, writer), isRaceOrLost)
      return {}
    }),
  update: (works, ports) =>
    eachWork(works, async work => {
      await change(work, await ports.kubernetes.writer(clusterOf(work.spec)), ports.gcp)
      return {}
    }),
  remove: async (works, ports) => {
    await eachWork(works, async work => {
      const writer = await ports.kubernetes.writer(clusterOf(work.spec))
      requireNotForeign(work, markOf(await writer.get(pathOf(work.spec))))
      await writer.remove(pathOf(work.spec), { propagation: 'Foreground' })
      return {}
    })
  },
})

const pathOf = (spec: JsonObject): string => `${collection}/${text(spec, 'name')}`

const look = async ({ address, spec }: Resource, reader: KubernetesReader): Promise<Observed> => {
  const all = await reader.list(collection)
  const live = all.find(one => valueAt(one, ['metadata', 'name']) === spec.name)
  if (live === undefined) return { state: 'absent' }
  if (valueAt(live, ['status', 'phase']) === 'Terminating') {
    const message = `${address} is being deleted, with everything in it.`
    const problem = { address, message, advice: 'Plan again when it is gone.' }
    return { state: 'unknown', problem, leaving: { mark: markOf(live) } }
  }
  const observed = { cluster: spec.cluster ?? null, name: spec.name ?? null, ...specOf(live) }
  return { state: 'present', spec: observed, outputs: {}, mark: markOf(live) }
}

/** What a live namespace says, in the words of the file, mark included. */
const specOf = (live: JsonObject): JsonObject => {
  const mark = markOf(live)
  return {
    labels: without(textsAt(live, 'labels')),
    annotations: without(textsAt(live, 'annotations')),
    ...(mark === null ? {} : { mark }),
  }
}

const markOf = (live: JsonObject | undefined): string | null => {
  const mark = valueAt(live, ['metadata', 'labels', markLabel])
  return typeof mark === 'string' ? mark : null
}

const textsAt = (object: JsonObject, key: string): Readonly<Record<string, string>> => {
  const found = valueAt(object, ['metadata', key])
  return isObject(found) ? (found as Readonly<Record<string, string>>) : {}
}

/** Without what Slipway and Kubernetes themselves put there. */
const without = (texts: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).filter(([key]) => !key.startsWith(ownPrefix) && key !== nameLabel))

const create = async (work: Work, writer: Kubernetes): Promise<void> => {
  const { spec } = work
  const metadata = { name: text(spec, 'name'), ...metadataOf(spec) }
  try {
    await writer.create(collection, { apiVersion: 'v1', kind: 'Namespace', metadata })
  } catch (error) {
    if (!(error instanceof KubernetesError && error.status === 409)) throw error
    const live = await writer.get(pathOf(spec))
    if (valueAt(live, ['metadata', 'labels', markLabel]) !== spec.mark)
      throw new SlipwayError(
        `${work.address} exists already, and it does not carry the mark of ${String(spec.mark)}.`,
        {
          advice: 'It was made after this was planned. Plan again: it is then shown as an adoption.',
          cause: error,
        },
      )
    await writer.merge(pathOf(spec), { metadata: metadataOf(spec) })
  }
}

const metadataOf = ({ labels, annotations, mark }: JsonObject): JsonObject => ({
  labels: { ...(isObject(labels) ? labels : {}), [markLabel]: mark ?? null },
  ...(annotations === undefined ? {} : { annotations }),
})

/** Just the members that differ, under the version that was read; a merge patch with null takes one away. */
const change = (work: Work, writer: Kubernetes, gcp: Gcp): Promise<void> => {
  const path = pathOf(work.spec)
  const write = async (live: JsonObject, due: readonly Change[]): Promise<void> => {
    const resourceVersion = valueAt(live, ['metadata', 'resourceVersion']) ?? null
    await writer.merge(path, { metadata: { resourceVersion, ...changed(due) } })
  }
  return inTurns<JsonObject>(gcp, work, {
    what: path,
    rules: namespaceRules,
    read: () => present(work, writer),
    specOf,
    isPassing: isRaceOrLost,
    turns: [{ changes: work.changes, write }],
  })
}

const present = async (work: Work, writer: Kubernetes): Promise<JsonObject> => {
  const live = await writer.get(pathOf(work.spec))
  if (live !== undefined) return live
  throw new SlipwayError(`${work.address} is not there any more.`, {
    advice: 'Plan again: it will be shown as one to create.',
  })
}

const changed = (changes: readonly Change[]): JsonObject => {
  const metadata: Record<string, Record<string, Json>> = { labels: {}, annotations: {} }
  for (const { path, to } of changes) {
    const [section = '', key] = path
    if (section === 'mark') Object.assign(metadata.labels ?? {}, { [markLabel]: to ?? null })
    else if (key !== undefined) Object.assign(metadata[section] ?? {}, { [key]: to ?? null })
    else if (isObject(to)) Object.assign(metadata[section] ?? {}, to)
  }
  return metadata
}
