import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { packCharts, serveCharts } from './charts.ts'
import { reachedAt } from './container/clusters.ts'
import { allowed } from './identities.ts'
import { type Emulator, startEmulator } from './index.ts'
import type { JsonObject } from './json.ts'
import { admin, byGroup, viewer } from './kubernetes/authorize.ts'
import { realClock } from './kubernetes/clock.ts'
import type { RequestHooks } from './kubernetes/hooks.ts'
import { type KubernetesEmulator, type KubernetesOptions, startKubernetes } from './kubernetes/server.ts'
import { defaultProject, type EmulatorOptions } from './options.ts'

/** How a cloud is started. */
export interface CloudOptions extends Omit<EmulatorOptions, 'startKubernetes' | 'stopKubernetes'> {
  /** The folder of the demonstration chart. */
  readonly chartFolder: string
  /** Around the writes in every cluster. */
  readonly kubernetesHooks?: RequestHooks | undefined
}

/** Google's APIs, a Kubernetes API for every cluster, and a chart repository, all on loopback. */
export interface Cloud {
  readonly google: Emulator
  /** The Kubernetes API of a running cluster, by the cluster's name. */
  readonly clusters: ReadonlyMap<string, KubernetesEmulator>
  /** `http://127.0.0.1:PORT`, an HTTP chart repository; as `oci://127.0.0.1:PORT/charts` a registry. */
  readonly charts: string
  /** Variables that point a client at it. */
  readonly environment: Readonly<Record<string, string>>
  /**
   * Starts another cloud in the state that this one is in as soon as no controller has anything left to do. `options`
   * differ from this one's. Throws while an operation is running.
   */
  copy(options?: CopyOptions): Promise<Cloud>
  close(): Promise<void>
}

/** What is otherwise in a copy of a cloud. */
export type CopyOptions = Pick<CloudOptions, 'hooks' | 'kubernetesHooks'>

interface Parts {
  readonly options: CloudOptions
  readonly google: Emulator
  readonly clusters: Map<string, KubernetesEmulator>
  readonly charts: RequestListener
}

/** Starts a cloud. Every cluster that gets RUNNING answers at once; container.viewer reads all but Secrets. */
export const startCloud = async (options: CloudOptions): Promise<Cloud> => {
  const clusters: Parts['clusters'] = new Map()
  const google: Emulator = await startEmulator({
    ...options,
    ...startingAndStopping(options, clusters, () => google),
  })
  for (const { id } of options.projects ?? [{ id: defaultProject }]) {
    for (const role of ['planner', 'applier']) google.seed(id).serviceAccount(`slipway-${role}`)
  }
  return serve({ options, google, clusters, charts: serveCharts(await packCharts(options.chartFolder)) })
}

const copyOf = async (model: Parts, differing: CopyOptions): Promise<Cloud> => {
  const options = { ...model.options, ...differing }
  const clusters: Parts['clusters'] = new Map()
  for (const [name, cluster] of model.clusters)
    clusters.set(name, await cluster.copy(settingsOf(options, () => google, cluster.clock.now())))
  const google: Emulator = await model.google.copy({
    ...differing,
    ...startingAndStopping(options, clusters, () => google),
  })
  for (const { clusters: described } of google.state.all)
    for (const [key, cluster] of described) {
      const port = clusters.get(nameOf(cluster))?.port
      if (port !== undefined) described.set(key, reachedAt(cluster, `127.0.0.1:${port}`))
    }
  return serve({ ...model, options, google, clusters })
}

const nameOf = (cluster: JsonObject): string => String(cluster.name)

/** How each cluster of a cloud is set; its clock starts at `now`, the wall's time unless told. */
const settingsOf = (
  { kubernetesHooks, latency, speed = Number.POSITIVE_INFINITY }: CloudOptions,
  google: () => Emulator,
  now?: number,
): KubernetesOptions => ({
  authenticate: token => userOf(google(), token),
  hooks: kubernetesHooks,
  authorize: byGroup({ admins: admin, viewers: viewer }),
  ...(latency === undefined ? {} : { latency }),
  clock: realClock(Number.isFinite(speed) ? speed : 1_000, now),
})

const startingAndStopping = (
  options: CloudOptions,
  clusters: Parts['clusters'],
  google: () => Emulator,
): Pick<EmulatorOptions, 'startKubernetes' | 'stopKubernetes'> => ({
  startKubernetes: async cluster => {
    const kubernetes = await startKubernetes(settingsOf(options, google))
    clusters.set(nameOf(cluster), kubernetes)
    const caCertificateBase64 = Buffer.from(kubernetes.caCertificate).toString('base64')
    return { endpoint: `127.0.0.1:${kubernetes.port}`, caCertificateBase64 }
  },
  stopKubernetes: async cluster => {
    await clusters.get(nameOf(cluster))?.close()
    clusters.delete(nameOf(cluster))
  },
})

const serve = async (parts: Parts): Promise<Cloud> => {
  const { google, clusters, charts } = parts
  const gate = createServer((request, response) =>
    request.url?.startsWith('/at/') ? void passOn(request, response, clusters) : charts(request, response),
  )
  const url = await listening(gate)
  return {
    google,
    clusters,
    charts: url,
    environment: {
      ...google.endpoints,
      SLIPWAY_HEALTH_ENDPOINT_OVERRIDES: JSON.stringify({ '*': `${url}/at/{address}` }),
    },
    copy: (differing = {}) => copyOf(parts, differing),
    close: async () => {
      gate.close()
      gate.closeAllConnections()
      await Promise.all([google.close(), ...[...clusters.values()].map(one => one.close())])
    },
  }
}

const userOf = (google: Emulator, token: string) => {
  const identity = google.identities.authenticate(`Bearer ${token}`)
  if (identity === undefined) return undefined
  // The viewer's pattern for reads would cover Secrets too; only who may write is more than a viewer.
  const groups = [allowed(identity, 'container.secrets.create') ? 'admins' : 'viewers']
  return allowed(identity, 'container.clusters.get')
    ? { user: identity.email, groups }
    : { user: identity.email, groups: [] }
}

const listening = async (server: Server): Promise<string> => {
  await new Promise<void>(done => void server.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Stands for the way to a load balancer: `/at/ADDRESS/PATH` goes to the cluster whose Service has that address. */
const passOn = async (
  request: IncomingMessage,
  response: ServerResponse,
  clusters: ReadonlyMap<string, KubernetesEmulator>,
): Promise<void> => {
  const [, address = '', path = ''] = /^\/at\/([^/]+)(\/.*)?$/.exec(request.url ?? '') ?? []
  const base = [...clusters.values()]
    .map(({ addresses }) => addresses.get(address))
    .find(found => found !== undefined)
  if (base === undefined) return void response.writeHead(502).end()
  const { authorization } = request.headers
  const answer = await fetch(
    `${base}${path}`,
    authorization === undefined ? {} : { headers: { authorization } },
  )
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' })
  response.end(await answer.text())
}
