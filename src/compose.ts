import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createFacts } from './cache/facts.ts'
import { cacheFolder } from './cache/home.ts'
import { createShelf } from './cache/shelf.ts'
import type { ExecutionEvent } from './commands/execute.ts'
import { createLoad } from './commands/load.ts'
import type { Workbench } from './commands/workbench.ts'
import { type Clock, wallClock } from './core/clock.ts'
import { SlipwayError } from './core/problem.ts'
import { type Redactor, Secret } from './core/secret.ts'
import { createGcp } from './gcp/client.ts'
import { applicationDefault, type Credentials, federated } from './gcp/credentials.ts'
import { isOnLoopback } from './gcp/endpoints.ts'
import { type Located, locateCluster } from './gcp/locate.ts'
import { GcpError, type GcpReader } from './gcp/port.ts'
import { createReader, type ReaderOptions } from './gcp/reader.ts'
import { createTransport, type Request } from './gcp/transport.ts'
import { createHelm } from './helm/client.ts'
import { findHelm } from './helm/find.ts'
import { createHelmRenderer } from './helm/renderer.ts'
import type { ApplyingPorts, PlanningPorts } from './kinds/kind.ts'
import { kinds, kindsByName } from './kinds/registry.ts'
import { overridesVariable } from './kinds/release/health.ts'
import type { ClusterName } from './kubernetes/port.ts'
import { createReaders } from './kubernetes/readers.ts'
import { createWriters, type DisposableWriters } from './kubernetes/writers.ts'

/** Who plans and who applies in a project. */
export interface Identities {
  readonly provider?: string | undefined
  readonly planner?: string | undefined
  readonly applier?: string | undefined
}

/** What a run is composed of. */
export interface Composition {
  readonly env: NodeJS.ProcessEnv
  readonly engine: string
  readonly role: 'planner' | 'applier'
  readonly identities: (project: string) => Identities
  /** Gives the job's OIDC token; undefined where there is none. */
  readonly idToken: ((audience: string) => Promise<string>) | undefined
  /** A temporary folder outside the workspace. */
  readonly folder: string
  readonly signal: AbortSignal
  readonly redactor: Redactor
  /** Values for `{env: NAME}`. */
  readonly values: Readonly<Record<string, string>>
  readonly onEvent: (event: ExecutionEvent) => void
  /** Told what takes long before anything is planned, such as fetching helm. */
  readonly progress: (text: string) => void
  readonly onSend?: (request: Request) => void
  /** Milliseconds after which a request to Google without an answer is given up; a minute when left out. */
  readonly timeout?: number
  readonly clock?: Clock
}

/** A workbench, and what has to be tidied up when the run ends. */
export interface Composed {
  readonly bench: Workbench
  dispose(): Promise<void>
}

/** Requests that planning may send besides those of the kinds: finding the cluster to talk to. */
const ownReads = ['GET container /v1/projects/{}/locations/-/clusters']

/** Builds everything that talks to the world. The only callers are `main.ts`, `cli.ts` and tests. */
export const compose = (composition: Composition): Composed => {
  const { env, redactor, signal, clock = wallClock } = composition
  const reads = [...ownReads, ...kinds.flatMap(kind => kind.reads)]
  const connections = new Connections(composition, clock)
  const writers: DisposableWriters[] = []
  const helmPath = once(() => findHelm({ environment: env, progress: composition.progress }))
  const helmFolder = join(composition.folder, `helm-${randomUUID()}`)
  const cache = cacheFolder(env)
  const shelf = createShelf(join(cache, 'charts'))
  const helmOptions = { helm: helmPath, folder: helmFolder, loopback: isOnLoopback(env), shelf }
  const renderer = createHelmRenderer(helmOptions)
  const facts = createFacts(join(cache, 'clusters.json'))
  const run = { clock, holder: holderOf(env), healthOverrides: env[overridesVariable] }
  const planning = (project: string): PlanningPorts => {
    const options = connections.options(project)
    const gcp = createReader(options, reads)
    return {
      gcp,
      helm: renderer,
      kubernetes: createReaders({ locate: locator(gcp), token: connections.token(project), facts }),
    }
  }
  const applying = (project: string): ApplyingPorts => {
    const gcp = createGcp(connections.options(project))
    const kubernetes = createWriters({
      locate: locator(gcp),
      token: connections.token(project),
      folder: composition.folder,
    })
    writers.push(kubernetes)
    const value = (name: string) => heldValue(composition.values, name, redactor)
    return {
      run,
      gcp,
      kubernetes,
      helm: createHelm({ ...helmOptions, proxies: proxiesOf(env) }),
      value,
      redactor,
    }
  }
  const bench: Workbench = {
    kinds: kindsByName,
    load: createLoad(),
    engine: composition.engine,
    clock,
    redactor,
    signal,
    planning,
    applying,
    applier: project =>
      composition.identities(project).applier ??
      (composition.role === 'applier' ? connections.email(project) : undefined),
    calls: connections.calls,
    onEvent: composition.onEvent,
  }
  const dispose = async () => {
    await Promise.all(writers.map(one => one.dispose()))
    rmSync(helmFolder, { recursive: true, force: true })
  }
  return { bench, dispose }
}

/** Who this run is among all that may hold a Lease. */
const holderOf = ({ GITHUB_RUN_ID: id, GITHUB_RUN_ATTEMPT: attempt = '1' }: NodeJS.ProcessEnv): string =>
  `${id === undefined ? hostname() : `run ${id} attempt ${attempt}`} ${randomUUID().slice(0, 8)}`

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** Where the GKE API is off there is no cluster; the cluster itself says so in the plan, as an assumption. */
const locator =
  (gcp: Pick<GcpReader, 'get'>) =>
  (cluster: ClusterName): Promise<Located | undefined> =>
    locateCluster(gcp, cluster).catch(error => {
      if (error instanceof GcpError && error.failure === 'disabled') return undefined
      throw error
    })

const heldValue = (values: Readonly<Record<string, string>>, name: string, redactor: Redactor): Secret => {
  const value = Object.hasOwn(values, name) ? values[name] : undefined
  if (value === undefined) {
    throw new SlipwayError(`The runner holds no value named ${name}.`, {
      advice: 'Give it in the `values` secret: a JSON object on one line, {"NAME": "value"}.',
    })
  }
  redactor.add(value)
  return new Secret(value)
}

const proxiesOf = (env: NodeJS.ProcessEnv): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      /^(https?|no)_proxy$/i.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  )

/** Credentials and transports, one a project. */
class Connections {
  readonly #composition: Composition
  readonly #clock: Clock
  readonly #known = new Map<
    string,
    {
      readonly credentials: Promise<Credentials>
      readonly options: ReaderOptions
      readonly calls: () => number
    }
  >()
  #emails = new Map<string, string>()

  constructor(composition: Composition, clock: Clock) {
    this.#composition = composition
    this.#clock = clock
  }

  readonly options = (project: string): ReaderOptions => this.#of(project).options
  readonly token = (project: string) => async () => {
    const token = await (await this.#of(project).credentials).token()
    this.#composition.redactor.add(token)
    return token
  }
  readonly email = (project: string): string | undefined => this.#emails.get(project)
  readonly calls = (): number => [...this.#known.values()].reduce((sum, { calls }) => sum + calls(), 0)

  #of(project: string) {
    const known = this.#known.get(project) ?? this.#connect(project)
    this.#known.set(project, known)
    return known
  }

  #connect(project: string) {
    const { env, signal, onSend, timeout } = this.#composition
    const credentials = this.#credentials(project)
    credentials.then(({ email }) => email && this.#emails.set(project, email)).catch(() => undefined)
    const token = async () => {
      const value = await (await credentials).token()
      this.#composition.redactor.add(value)
      return value
    }
    const transport = createTransport({
      env,
      token,
      clock: this.#clock,
      ...(onSend === undefined ? {} : { onSend }),
      ...(timeout === undefined ? {} : { timeout }),
    })
    const options = { transport, clock: this.#clock, random: Math.random, signal }
    return { credentials, options, calls: transport.calls }
  }

  async #credentials(project: string): Promise<Credentials> {
    const { env, idToken, identities, role } = this.#composition
    const { provider, planner, applier } = identities(project)
    if (provider === undefined || idToken === undefined) return applicationDefault(project, env)
    return federated({ provider, serviceAccount: role === 'planner' ? planner : applier, idToken }, env)
  }
}
