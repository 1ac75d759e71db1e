import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Clock, createClock } from './clock.ts'
import { addNetwork } from './compute/defaults.ts'
import type { DescriptionName } from './description.ts'
import { description, methodOf } from './descriptions.ts'
import { gcloudEnvironment } from './environment.ts'
import { Faults } from './faults.ts'
import { Identities } from './identities.ts'
import { createIds } from './ids.ts'
import type { Json } from './json.ts'
import { Operations } from './operations.ts'
import { defaultIdentities, defaultProject, type EmulatorOptions, settingsOf } from './options.ts'
import { createQuota } from './quota.ts'
import { RequestLog } from './requests.ts'
import type { World } from './route.ts'
import { createRouter } from './router.ts'
import { routes } from './routes.ts'
import { type Seed, seedFor } from './seed.ts'
import { createEmulatorServer } from './server.ts'
import { snapshotOf } from './snapshot.ts'
import { createProject, Store } from './store.ts'
import { checkResponse, type Violation } from './validate.ts'

/** A running emulator. */
export interface Emulator {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** gcloud's endpoint overrides, by the names of their environment variables. */
  readonly endpoints: Readonly<Record<string, string>>
  readonly clock: Clock
  readonly faults: Faults
  readonly requests: RequestLog
  readonly identities: Identities
  readonly operations: Operations
  readonly state: Store
  /** Puts things into a project; the first one when none is named. Throws for an unknown project. */
  readonly seed: (projectId?: string) => Seed
  /** Ends all operations now, whatever the clock says. */
  readonly finish: () => Promise<void>
  /**
   * Starts another emulator with a deep copy of this one's state; its clock, ids and operations go on where these are.
   * Requests, faults and quotas are counted anew. `options` differ from this one's. Throws while an operation is running.
   */
  readonly copy: (options?: CopyOptions) => Promise<Emulator>
  /** The whole state, canonical; `normalise` for comparing two roads to the same end. */
  readonly snapshot: (options?: { readonly normalise?: boolean }) => Promise<Json>
  /**
   * Stops listening and cuts what is open. Rejects if any answer did not fit Google's description of its method, if the
   * emulator broke, or if a request came that it does not know, so that no test passes on what Google would not answer.
   */
  readonly close: () => Promise<void>
}

/** What can be otherwise in a copy of an emulator. */
export type CopyOptions = Pick<EmulatorOptions, 'hooks' | 'startKubernetes' | 'stopKubernetes'>

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    })
  })
}

function createWorld(options: EmulatorOptions): World {
  const clock = createClock(options.clock ?? 'wall', options.start)
  const ids = createIds(options.seed ?? 'slipway')
  const store = new Store()
  for (const each of options.projects ?? [{ id: defaultProject }]) {
    const project = createProject(each, ids, clock.now())
    addNetwork(project, ids, clock.now(), 'default')
    store.add(project)
  }
  const identities = new Identities(clock)
  for (const identity of options.identities ?? defaultIdentities) identities.add(identity)
  const operations = new Operations(clock, options.speed ?? Number.POSITIVE_INFINITY)
  return { clock, ids, store, identities, operations, settings: settingsOf(options), violations: [] }
}

function copyOf(world: World, options: EmulatorOptions): World {
  const clock = createClock(options.clock ?? 'wall', world.clock.now())
  return {
    clock,
    ids: world.ids.copy(),
    store: world.store.copy(),
    identities: world.identities.copy(clock),
    operations: world.operations.copy(clock),
    settings: settingsOf(options),
    violations: [],
  }
}

function seedIn(world: World, projectId: string | undefined): Seed {
  const project = projectId === undefined ? world.store.all[0] : world.store.find(projectId)
  if (project === undefined) throw new Error(`the emulator has no project ${projectId ?? ''}`)
  return seedFor(world, project)
}

const unfit = ({ violations }: World): Error | undefined =>
  violations.length === 0
    ? undefined
    : new Error(`the emulator did what Google would not:\n${[...new Set(violations)].join('\n')}`)

/** Starts an emulator on loopback. */
export const startEmulator = (options: EmulatorOptions = {}): Promise<Emulator> =>
  serve(createWorld(options), options)

async function serve(world: World, options: EmulatorOptions): Promise<Emulator> {
  const { clock, store, identities, operations } = world
  const [faults, requests] = [new Faults(), new RequestLog()]
  const server = createEmulatorServer({
    world,
    router: createRouter(routes),
    faults,
    requests,
    quota: createQuota(clock),
    hooks: options.hooks ?? {},
  })
  const url = await listen(server, options.port ?? 0)
  return {
    url,
    endpoints: gcloudEnvironment(url),
    clock,
    faults,
    requests,
    identities,
    operations,
    state: store,
    seed: projectId => seedIn(world, projectId),
    finish: () => operations.settle(Number.POSITIVE_INFINITY),
    async copy(differing = {}) {
      const wanted = { ...options, ...differing, port: 0 }
      await operations.settle()
      return serve(copyOf(world, wanted), wanted)
    },
    async snapshot({ normalise = false } = {}) {
      await operations.settle()
      return snapshotOf(store, normalise)
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close(error => {
          const wrong = unfit(world)
          if (error ?? wrong) reject(error ?? wrong)
          else resolve()
        })
        server.closeAllConnections()
      }),
  }
}

/** What is wrong with a body as the answer of a method, held against Google's description; empty when it fits. */
export const validateResponse = (api: DescriptionName, method: string, body: Json): readonly Violation[] =>
  checkResponse(description(api), methodOf(api, method), body)

export type { Fault, FaultKind, FaultPattern, RandomFaults } from './faults.ts'
export type { IdentityOptions } from './identities.ts'
export type { EmulatorOptions } from './options.ts'
export type { RequestEntry } from './requests.ts'
export type { Seed } from './seed.ts'
export type { KubernetesEndpoint } from './settings.ts'
