import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { wallClock } from '../../core/clock.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Resource } from '../../core/resource.ts'
import { clusterAddress, clusterFor, clusterSpec, eachWork, identityIn, observeEach } from '../in-cluster.ts'
import { defineKind, type Item, type Kind } from '../kind.ts'
import { converge } from './converge.ts'
import { overridesVariable } from './health.ts'
import { observeRelease } from './observe.ts'
import { prepareReleases } from './prepare.ts'
import { releaseRules } from './rules.ts'
import { type ReleaseSettings, releaseSettings } from './schema.ts'
import { uninstall } from './uninstall.ts'
import type { World } from './world.ts'

/** A Helm release: its chart, and every object that the chart makes. `world` is replaced by tests. */
export const createReleaseKind = (world: World): Kind<ReleaseSettings> =>
  defineKind<ReleaseSettings>({
    kind: 'release',
    schema: releaseSettings,
    rules: releaseRules,
    holdsData: true,
    takes: [60, 300],
    reads: [],
    resource: releaseResource,
    prepare: prepareReleases,
    observe: (resources, { kubernetes }) => observeEach(resources, kubernetes, observeRelease),
    // Two charts may share cluster-wide objects and hooks: one after another.
    lane: spec => `releases of ${JSON.stringify(spec.cluster)}`,
    create: (works, ports) => eachWork(works, work => converge(work, ports, world)),
    update: (works, ports) => eachWork(works, work => converge(work, ports, world)),
    settle: (works, ports) => eachWork(works, work => converge(work, ports, world, 'settle')),
    remove: async (works, ports) => {
      await eachWork(works, work => uninstall(work, ports, world))
    },
  })

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

const run = `${process.env.GITHUB_RUN_ID === undefined ? hostname() : `run ${process.env.GITHUB_RUN_ID}`} ${randomUUID().slice(0, 8)}`

/** A Helm release, on the clock on the wall. */
export const release = createReleaseKind({
  clock: wallClock,
  holder: () => run,
  overrides: () => process.env[overridesVariable],
})
