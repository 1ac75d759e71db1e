import { describe, expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/core/json.ts'
import type { Resource } from '../../src/core/resource.ts'
import type { Chart, RenderInput } from '../../src/helm/port.ts'
import type { PlanningPorts } from '../../src/kinds/kind.ts'
import { release } from '../../src/kinds/release/index.ts'
import { prepareReleases } from '../../src/kinds/release/prepare.ts'
import { KubernetesError } from '../../src/kubernetes/port.ts'

const of = (apiVersion: string, kind: string, annotations: JsonObject = {}): JsonObject => ({
  apiVersion,
  kind,
  metadata: {
    name: 'web',
    namespace: 'web',
    annotations: {
      'meta.helm.sh/release-name': 'web',
      'meta.helm.sh/release-namespace': 'web',
      ...annotations,
    },
  },
})

/** Names of the collections that `objects` are in. */
const plurals: Readonly<Record<string, string>> = {
  StatefulSet: 'apps/v1/statefulsets',
  DaemonSet: 'apps/v1/daemonsets',
  Deployment: 'apps/v1/deployments',
  ConfigMap: 'v1/configmaps',
  PersistentVolumeClaim: 'v1/persistentvolumeclaims',
  NetworkPolicy: 'networking.k8s.io/v1/networkpolicies',
}

const spec: JsonObject = {
  cluster: { project: 'acme', location: 'us-central1', name: 'one' },
  project: 'acme',
  release: 'web',
  namespace: 'web',
  repository: 'https://charts.example.com',
  chart: { name: 'demo', version: '1.0.0' },
  values: {},
  mark: 'staging',
}
const resource = {
  ...{ kind: 'release', name: 'web', address: 'release/web', identity: '//test/web' },
  ...{ spec, dependsOn: [], sources: {} },
} as unknown as Resource

/** Plans a release of one live object, whose chart makes one of that kind too; `hidden` are kinds that nobody may list. */
const planned = async (live: JsonObject | undefined, made: JsonObject, hidden: readonly string[] = []) => {
  const lists = new Map<string, Promise<readonly JsonObject[]>>()
  const look = async (path: string): Promise<readonly JsonObject[]> => {
    if (hidden.some(kind => path.endsWith(`/${plurals[kind]}`)))
      throw new KubernetesError(`${path} is forbidden`, { status: 403, reason: 'Forbidden' })
    return live !== undefined && path.endsWith(`/${plurals[String(live.kind)]}`) ? [live] : []
  }
  const reader = {
    get: async () => undefined,
    capabilities: async () => ({ kubeVersion: 'v1.33.0', apiVersions: [] }),
    list: (path: string) => {
      const found = lists.get(path) ?? look(path)
      lists.set(path, found)
      return found
    },
  }
  const chart = {
    name: 'demo',
    version: '1.0.0',
    sha256: 'a',
    path: import.meta.filename,
    kinds: [],
    lookupTemplates: [],
  }
  const rendered: RenderInput[] = []
  const ports = {
    kubernetes: { reader: async () => reader, expected: async () => undefined },
    helm: {
      pull: async () => ({ ...chart, values: {}, varies: false }) satisfies Chart,
      render: async (input: RenderInput) => {
        rendered.push(input)
        return { objects: [made], lookedUp: [], hooks: [], crds: [] }
      },
    },
  } as unknown as PlanningPorts
  const context = { placeholder: () => undefined, recorded: false }
  const prepared = await prepareReleases([resource], ports, context)
  const asked = new Set(lists.keys())
  lists.clear()
  await release.observe(prepared.resources, ports)
  return {
    isUpgrade: rendered.at(-1)?.isUpgrade,
    problems: prepared.problems.map(({ message }) => message),
    /** Lists that observing would not have asked for. */
    besides: [...asked].filter(path => !lists.has(path)),
  }
}

describe('a release is planned as an upgrade', () => {
  test.each([
    ['StatefulSet', 'apps/v1'],
    ['DaemonSet', 'apps/v1'],
    ['Deployment', 'apps/v1'],
    ['ConfigMap', 'v1'],
    ['NetworkPolicy', 'networking.k8s.io/v1'],
  ])('if no more than a %s of it is there', async (kind, version) => {
    const object = of(version, kind)
    expect((await planned(object, object)).isUpgrade).toBe(true)
  })
  test('and as an installation if nothing is, or what a former one left to be kept', async () => {
    const made = of('apps/v1', 'StatefulSet')
    const kept = of('v1', 'PersistentVolumeClaim', { 'helm.sh/resource-policy': 'keep' })
    expect((await planned(undefined, made)).isUpgrade).toBe(false)
    expect((await planned(kept, made)).isUpgrade).toBe(false)
  })
  test('which costs no list that observing does not need', async () => {
    const made = of('networking.k8s.io/v1', 'NetworkPolicy')
    for (const live of [undefined, made]) expect((await planned(live, made)).besides).toEqual([])
  })
  test('though some kinds are hidden; if all that answer show nothing, nobody can say', async () => {
    const made = of('apps/v1', 'StatefulSet')
    const seen = await planned(made, made, ['ConfigMap'])
    expect([seen.isUpgrade, seen.problems]).toEqual([true, []])
    const unseen = await planned(made, made, ['StatefulSet'])
    expect(unseen.problems).toEqual([expect.stringMatching(/^release\/web: .*statefulsets is forbidden/)])
  })
})
