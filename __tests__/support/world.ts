import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Applied } from '../../src/commands/apply.ts'
import type { ExecutionEvent } from '../../src/commands/execute.ts'
import { type Composed, type Composition, compose } from '../../src/compose.ts'
import type { Clock } from '../../src/core/clock.ts'
import type { Plan } from '../../src/core/plan.ts'
import type { ApplyRecord } from '../../src/core/record.ts'
import { Redactor } from '../../src/core/secret.ts'
import { type Cloud, startCloud } from '../../src/emulator/cloud.ts'
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts'
import type { Json } from '../../src/emulator/json.ts'
import type { RequestHooks } from '../../src/emulator/kubernetes/hooks.ts'
import { applierRoles, plannerRoles } from '../../src/emulator/roles.ts'
import { engine } from '../../src/engine.ts'
import { Ledger } from './ledger.ts'
import { applyFile, emailOf, planFile, project, type Role, subjectOf } from './one-file.ts'
import { assertReadOnly } from './read-only.ts'
import { fastClock, virtualClock } from './virtual-clock.ts'

/** How a world is started. */
export interface WorldOptions extends Omit<EmulatorOptions, 'projects' | 'identities' | 'clock'> {
  /** With a Kubernetes API for each cluster, and charts; then time is the wall's, only faster. */
  readonly kubernetes?: boolean
  /** Time is the wall's, a thousand times as fast: for child processes, whose clock cannot be turned. */
  readonly wall?: boolean
  /** A chart to serve in place of the demonstration chart. */
  readonly chartFolder?: string
  /** Around the writes in the cluster. */
  readonly kubernetesHooks?: RequestHooks
  /** What the planner's and the applier's tokens look like. */
  readonly tokens?: Readonly<Record<Role, string>>
}

/** How one run of apply differs from an ordinary one. */
export interface RunOptions {
  readonly onSend?: Composition['onSend']
  readonly signal?: AbortSignal
  readonly values?: Readonly<Record<string, string>>
  readonly redactor?: Redactor
  readonly env?: Readonly<Record<string, string>>
  readonly onEvent?: (event: ExecutionEvent) => void
  readonly timeout?: Composition['timeout']
}

type Hooks = Pick<WorldOptions, 'hooks' | 'kubernetesHooks'>

/** A cloud, and Slipway working on it in-process with the same code as the action. */
export interface World {
  readonly google: Emulator
  readonly cloud: Cloud | undefined
  readonly clock: Clock
  /** Variables that point a child process at it, with the applier's token. */
  readonly environment: Readonly<Record<string, string>>
  /** Plans as the planner. Throws for a file with problems, and for a plan that did anything but read. */
  plan(text: string, options?: RunOptions): Promise<Plan>
  /** Applies as the applier; a `reviewed` of undefined stands for nobody having reviewed anything. */
  apply(text: string, reviewed: Plan | undefined, options?: RunOptions): Promise<Applied>
  /** Has the record say that a file was applied last, whether it was or not; undefined: there is no record. */
  assume(text: string | undefined): void
  /** The record that was written last. */
  recorded(): ApplyRecord | undefined
  /** Has the records say that an apply of a text was begun and did not end, for one that kept no records itself. */
  begun(text: string, record: ApplyRecord): void
  /** The state of Google's side; what differs between two roads to the same end is left out. */
  snapshot(): Promise<Json>
  /** The state in full, with etags and times. */
  everything(): Promise<Json>
  /**
   * Another world in the state that this one is in, records included, with these hooks and nothing asked so far. Throws
   * while an operation is running. Charts are this one's: it has to stay open.
   */
  copy(hooks?: Hooks): Promise<World>
  close(): Promise<void>
}

const identitiesFor = (tokens: Readonly<Record<Role, string>>) => [
  { email: 'owner@example.com', token: 'owner', roles: ['roles/owner'] },
  {
    email: emailOf('planner'),
    token: tokens.planner,
    roles: plannerRoles,
    permissions: ['container.clusters.connect'],
  },
  { email: emailOf('applier'), token: tokens.applier, roles: applierRoles },
]

/** The folder of the demonstration chart. */
export const demonstrationChart = join(
  import.meta.dirname,
  '..',
  '..',
  'src',
  'emulator',
  'chart',
  'skypilot',
)

/** Starts a world. Without Kubernetes no wait takes any time. */
export const startWorld = async ({
  kubernetes = false,
  chartFolder = demonstrationChart,
  wall = kubernetes,
  tokens,
  kubernetesHooks,
  ...options
}: WorldOptions = {}): Promise<World> => {
  const known = tokens ?? { planner: 'planner', applier: 'applier' }
  const settings = { projects: [{ id: project }], identities: identitiesFor(known), ...options }
  const cloud = kubernetes
    ? await startCloud({ chartFolder, kubernetesHooks, speed: 1_000, ...settings })
    : undefined
  const google =
    cloud?.google ??
    (await startEmulator({ ...(wall ? { speed: 1_000 } : { speed: 120, clock: 'manual' }), ...settings }))
  if (cloud === undefined) {
    for (const role of ['planner', 'applier']) google.seed(project).serviceAccount(`slipway-${role}`)
  }
  return worldOf({ google, cloud, wall, tokens: known, ledger: new Ledger(), folder: await freshFolder() })
}

const freshFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'slipway-laws-'))

interface Parts {
  readonly google: Emulator
  readonly cloud: Cloud | undefined
  readonly wall: boolean
  readonly tokens: Readonly<Record<Role, string>>
  readonly ledger: Ledger
  readonly folder: string
}

/** Where the commands work. */
interface Place extends Pick<Parts, 'folder' | 'tokens'> {
  readonly clock: Clock
  readonly variables: Readonly<Record<string, string>>
}

const worldOf = (parts: Parts): World => {
  const { google, cloud, ledger } = parts
  const clock = parts.wall ? fastClock(20) : virtualClock(google.clock)
  const variables = cloud?.environment ?? google.endpoints
  const environment = { ...variables, CLOUDSDK_AUTH_ACCESS_TOKEN: parts.tokens.applier }
  const at: Place = { ...parts, clock, variables }
  return {
    google,
    cloud,
    clock,
    environment,
    plan: async (text, options = {}) => {
      const before = google.requests.all.length
      const plan = await withComposed(at, 'planner', options, ({ bench }) => planFile(text, bench, ledger))
      assertReadOnly(google.requests.all.slice(before), cloud, emailOf('planner'))
      return plan
    },
    apply: (text, reviewed, options = {}) =>
      withComposed(at, 'applier', options, ({ bench }) => applyFile(text, reviewed, bench, ledger)),
    assume: text =>
      text === undefined ? ledger.forget() : ledger.assume(subjectOf(text).name, engine, text),
    recorded: () => ledger.last,
    begun: (text, record) => ledger.begun(text, record),
    snapshot: () => google.snapshot({ normalise: true }),
    everything: () => google.snapshot(),
    copy: (hooks = {}) => copyOf(parts, hooks),
    close: async () => {
      await (cloud ?? google).close()
      await rm(parts.folder, { recursive: true, force: true })
    },
  }
}

const copyOf = async (parts: Parts, hooks: Hooks): Promise<World> => {
  const cloud = await parts.cloud?.copy(hooks)
  const google = cloud?.google ?? (await parts.google.copy(hooks))
  return worldOf({ ...parts, cloud, google, ledger: parts.ledger.copy(), folder: await freshFolder() })
}

const withComposed = async <T>(
  { variables, folder, clock, tokens }: Place,
  role: Role,
  options: RunOptions,
  work: (composed: Composed) => Promise<T>,
): Promise<T> => {
  const composed = compose({
    env: { ...process.env, ...variables, ...options.env, CLOUDSDK_AUTH_ACCESS_TOKEN: tokens[role] },
    engine,
    role,
    identities: () => ({ applier: emailOf('applier') }),
    idToken: undefined,
    folder,
    signal: options.signal ?? new AbortController().signal,
    redactor: options.redactor ?? new Redactor(),
    values: options.values ?? {},
    onEvent: options.onEvent ?? (() => undefined),
    progress: () => undefined,
    clock,
    ...(options.onSend === undefined ? {} : { onSend: options.onSend }),
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
  })
  try {
    return await work(composed)
  } finally {
    await composed.dispose()
  }
}
