import type { JsonObject } from '../../core/json.ts'
import type { Resource } from '../../core/resource.ts'
import {
  clusterAddress,
  clusterFor,
  clusterSpec,
  eachWork,
  identityIn,
  marksInClusters,
  observeEach,
  partsIn,
} from '../in-cluster.ts'
import { defineKind, type Item } from '../kind.ts'
import { bareResource } from '../shared/identity.ts'
import { converge } from './converge.ts'
import { observeRelease, releaseMarks } from './observe.ts'
import { prepareReleases } from './prepare.ts'
import { releaseRules } from './rules.ts'
import { type ReleaseSettings, releaseSettings } from './schema.ts'
import { uninstall } from './uninstall.ts'

const releaseResource = (item: Item<ReleaseSettings>): Resource => {
  const cluster = clusterFor(item, 'release')
  const { settings, scope, name } = item
  const { repository, chart, version, sha256, namespace, values = {}, after = [], ...rest } = settings
  const optional = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  return {
    kind: 'release',
    name,
    address: `release/${name}`,
    identity: identityIn(cluster, `namespaces/${namespace}/releases/${name}`),
    spec: {
      cluster: clusterSpec(cluster),
      project: scope.project,
      release: name,
      namespace,
      repository,
      chart: { name: chart, version, ...(sha256 === undefined ? {} : { sha256 }) },
      values,
      ...(optional as JsonObject),
      mark: scope.environment,
    },
    dependsOn: [...clusterAddress(item), `namespace/${namespace}`, ...after],
    sources: Object.fromEntries(
      Object.entries(item.sources).map(([path, source]) => [specPath(path), source]),
    ),
  }
}

const specPath = (path: string): string =>
  ({ chart: 'chart.name', version: 'chart.version', sha256: 'chart.sha256' })[path] ?? path

/** A Helm release: its chart, and every object that the chart makes. */
export const release = defineKind<ReleaseSettings>({
  kind: 'release',
  schema: releaseSettings,
  rules: releaseRules,
  holdsData: true,
  takes: [60, 300],
  reads: [],
  resource: releaseResource,
  prepare: prepareReleases,
  observe: (resources, { kubernetes }) => observeEach(resources, kubernetes, observeRelease),
  named: identity => {
    const found = partsIn('namespaces/{namespace}/releases/{release}', identity)
    if (found === undefined) return undefined
    const { namespace = '', release: name = '' } = found.parts
    const spec = { cluster: found.cluster, namespace, release: name, chart: { name: '', version: '' } }
    return bareResource('release', name, identity, spec)
  },
  marks: (_, { kubernetes }, resources) => marksInClusters(resources, kubernetes, releaseMarks),
  // Two charts may share cluster-wide objects and hooks: one after another.
  lane: spec => `releases of ${JSON.stringify(spec.cluster)}`,
  create: (works, ports) => eachWork(works, work => converge(work, ports)),
  update: (works, ports) => eachWork(works, work => converge(work, ports)),
  settle: (works, ports) => eachWork(works, work => converge(work, ports, 'settle')),
  remove: async (works, ports) => {
    await eachWork(works, work => uninstall(work, ports))
  },
})
