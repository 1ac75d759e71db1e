import { setTimeout as sleep } from 'node:timers/promises'
import type { JsonObject } from '../../core/json.ts'
import { type Authorize, admin, type User } from './authorize.ts'
import { type Behaviour, watchedBehaviour } from './behaviour.ts'
import { makeCertificates } from './certificate.ts'
import { type Clock, realClock } from './clock.ts'
import { retry, startControllers } from './controllers/index.ts'
import { type AuditEntry, handle } from './handler.ts'
import { healthServer } from './health.ts'
import type { RequestHooks } from './hooks.ts'
import { listening, secureServer } from './listen.ts'
import { builtIn } from './resources.ts'
import { seed } from './seed.ts'
import { Store } from './store.ts'
import { servedBy, type World } from './world.ts'

/** How a cluster is started. */
export interface KubernetesOptions {
  /** The user of a bearer token, undefined for an unknown one (401). */
  readonly authenticate: (token: string) => User | undefined
  /** Default: everybody known may do everything. */
  readonly authorize?: Authorize
  /** Default: the wall's clock. */
  readonly clock?: Clock
  /** Default 'v1.33.4-gke.1245000'. */
  readonly version?: string
  readonly behaviour?: Behaviour
  /** Milliseconds before each request is looked at; asked anew for each. Default: none. */
  readonly latency?: () => number
  /** Port to listen on; default: any free one. */
  readonly port?: number
  readonly hooks?: RequestHooks | undefined
}

/** A running cluster. */
export interface KubernetesEmulator {
  /** https://127.0.0.1:PORT */
  readonly url: string
  readonly port: number
  /** PEM of the authority that signed the server's certificate. */
  readonly caCertificate: string
  /** Base URL of what stands for the load balancers. */
  readonly healthUrl: string
  /** Load balancer address → base URL where it is reached. */
  readonly addresses: ReadonlyMap<string, string>
  readonly clock: Clock
  /** Requests for objects, oldest first. */
  readonly audit: readonly AuditEntry[]
  /** What goes wrong; set or delete members at any time. */
  readonly behaviour: Behaviour
  /** All objects. */
  objects(): readonly JsonObject[]
  /** One object; `namespace` is '' for cluster-wide kinds. */
  get(kind: string, namespace: string, name: string): JsonObject | undefined
  /** All objects by `Kind/namespace/name` (cluster-wide: `Kind/name`), without what differs from run to run. */
  snapshot(): Readonly<Record<string, JsonObject>>
  /**
   * Starts another cluster in the state that this one is in once its controllers are at rest, with the same certificate,
   * on a clock of its own. It audits anew. `options` differ from this one's.
   */
  copy(options: CopyOptions): Promise<KubernetesEmulator>
  /** Rejects if the emulator broke over a request, so that no test passes on a 500 that was its own. */
  close(): Promise<void>
}

/** What is otherwise in a copy of a cluster. */
export type CopyOptions = Pick<KubernetesOptions, 'authenticate' | 'clock' | 'hooks'>

const VOLATILE = ['uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'generation']

const snapshotOf = (store: Store): Readonly<Record<string, JsonObject>> => {
  const found: Record<string, JsonObject> = {}
  for (const object of store.all()) {
    const metadata = Object.entries(object.metadata ?? {}).filter(([key]) => !VOLATILE.includes(key))
    const { namespace, name } = Object.fromEntries(metadata)
    found[[object.kind, namespace, name].filter(Boolean).join('/')] = {
      ...object,
      metadata: Object.fromEntries(metadata),
    }
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const makeWorld = (options: KubernetesOptions, model?: World): World => {
  let serial = model?.last() ?? 0
  const clock = options.clock ?? realClock()
  const behaviour = watchedBehaviour(model?.behaviour ?? options.behaviour ?? {}, () =>
    clock.schedule(0, () => retry(world)),
  )
  const version = options.version ?? 'v1.33.4-gke.1245000'
  const world: World = {
    store: model?.store.copy() ?? new Store(),
    clock,
    behaviour,
    version,
    addresses: new Set(model?.addresses),
    certificates: model?.certificates ?? makeCertificates(Date.now()),
    next: () => ++serial,
    last: () => serial,
  }
  return world
}

/** Starts a small Kubernetes API server with controllers on a loopback port, over TLS with a certificate of its own. */
export const startKubernetes = (options: KubernetesOptions): Promise<KubernetesEmulator> => {
  const world = makeWorld(options)
  const stop = startControllers(world)
  seed(world)
  return serve(world, stop, options)
}

const copyOf = async (model: World, options: KubernetesOptions): Promise<KubernetesEmulator> => {
  while (model.clock.busy()) await sleep(10)
  const world = makeWorld(options, model)
  return serve(world, startControllers(world), options)
}

const serve = async (
  world: World,
  stop: () => void,
  options: KubernetesOptions,
): Promise<KubernetesEmulator> => {
  const audit: AuditEntry[] = []
  const broken: string[] = []
  const gate = {
    authenticate: options.authenticate,
    authorize: options.authorize ?? admin,
    record: (entry: AuditEntry) => void audit.push(entry),
    broke: (what: string) => void broken.push(what),
    hooks: options.hooks,
  }
  const { certificates, addresses } = world
  const tls = { cert: certificates.certificate, key: certificates.key }
  const server = secureServer(tls, options.hooks === undefined ? 'both' : 'http1', (request, response) => {
    const answer = () => void handle(world, gate, request, response)
    const latency = options.latency?.() ?? 0
    if (latency > 0) setTimeout(answer, latency)
    else answer()
  })
  const health = await listening(healthServer(world.store), 0)
  const healthUrl = `http://127.0.0.1:${health.port}`
  const api = await listening(server, options.port ?? 0)
  return {
    url: `https://127.0.0.1:${api.port}`,
    port: api.port,
    caCertificate: certificates.ca,
    healthUrl,
    get addresses() {
      return new Map([...addresses].map(address => [address, healthUrl]))
    },
    clock: world.clock,
    audit,
    behaviour: world.behaviour,
    objects: () => world.store.all(),
    get: (kind, namespace, name) => {
      const resource = [...builtIn, ...servedBy(world)].find(each => each.kind === kind)
      return resource === undefined ? undefined : world.store.get(resource, namespace, name)
    },
    snapshot: () => snapshotOf(world.store),
    copy: differing => copyOf(world, { ...options, ...differing, port: 0 }),
    close: async () => {
      stop()
      await Promise.all([api.close(), health.close()])
      if (broken.length > 0) throw new Error(`the emulated cluster broke:\n${broken.join('\n')}`)
    },
  }
}
