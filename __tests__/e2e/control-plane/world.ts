import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Applied } from '../../../src/commands/apply.ts'
import { succeeded } from '../../../src/core/outcome.ts'
import { type Plan, planDigest } from '../../../src/core/plan.ts'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import { applierRoles, plannerRoles } from '../../../src/emulator/roles.ts'
import { Ledger } from '../../support/ledger.ts'
import { emailOf, project } from '../../support/one-file.ts'
import { applyByCommand, planByCommand } from './command-line.ts'
import { applyOnce, type Run } from './engine.ts'
import { type Grounds, type GroundsOptions, startGrounds } from './grounds.ts'
import { type Relay, startRelay } from './relay.ts'
import type { ControlPlane } from './start.ts'

/** An emulated Google whose clusters are all the same real control plane, and the product working on both. */
export interface World extends Omit<Grounds, 'environment'> {
  readonly google: Emulator
  /** Ways to the control plane that know of every write, by the names of the clusters that are reached through them. */
  readonly relays: ReadonlyMap<string, Relay>
  /** A temporary folder of these tests. */
  readonly folder: string
  /** Every line that the product said so far: events, plans, results. */
  readonly said: readonly string[]
  /** Plans as the planner, by the bundled command line. */
  plan(text: string): Promise<Plan>
  /**
   * Applies as the applier, by the bundled command line; as a library where `reviewed` is not what would be planned now,
   * or the run needs a clock or a signal of this process.
   */
  apply(text: string, reviewed: Plan, more?: Partial<Pick<Run, 'env' | 'signal' | 'ahead'>>): Promise<Applied>
  /** Plans, applies, and plans again. @throws Error if not all of it went well or something is left. */
  settle(text: string): Promise<Plan>
  /** What an apply in a process of its own needs. */
  run(role: 'planner' | 'applier', text: string): Run
  close(): Promise<void>
}

/** The cluster that is there from the start, besides those that files make. */
export const sharedCluster = 'shared'

const accounts = {
  planner: { email: emailOf('planner'), token: 'ya29.e2e-planner-c4n4ry' },
  applier: { email: emailOf('applier'), token: 'ya29.e2e-applier-c4n4ry' },
  limited: { email: `slipway-limited@${project}.iam.gserviceaccount.com`, token: 'ya29.e2e-limited-c4n4ry' },
} as const

/** Texts that no log may hold. */
export const tokens: readonly string[] = Object.values(accounts).map(({ token }) => token)

/** The variables of a run whose applier may write nothing but Leases. */
export const asLimited = { CLOUDSDK_AUTH_ACCESS_TOKEN: accounts.limited.token } as const

/** How a world is started. */
export interface WorldOptions extends Pick<GroundsOptions, 'webhooks' | 'folder'> {
  /** Names of further clusters, which are the same control plane behind a relay each. */
  readonly relayed?: readonly string[]
}

/** Starts everything. */
export const startWorld = async ({ relayed = [], ...options }: WorldOptions = {}): Promise<World> => {
  const grounds = await startGrounds({ ...accounts, ...options })
  const started = await Promise.all(
    relayed.map(async name => [name, await startRelay(grounds.plane)] as const),
  )
  const relays = new Map(started)
  const google = await startGoogle(grounds.plane, relays)
  const folder = await mkdtemp(join(tmpdir(), 'slipway-e2e-'))
  const environment = { ...google.endpoints, ...grounds.environment }
  return {
    ...product(folder, environment),
    ...grounds,
    google,
    relays,
    folder,
    close: async () => {
      await google.close()
      for (const relay of relays.values()) await relay.close()
      await grounds.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const startGoogle = async (
  plane: ControlPlane,
  relays: ReadonlyMap<string, Pick<ControlPlane, 'endpoint' | 'authority'>>,
): Promise<Emulator> => {
  const google = await startEmulator({
    projects: [{ id: project }],
    speed: 1_000,
    identities: [
      { ...accounts.planner, roles: plannerRoles, permissions: ['container.clusters.connect'] },
      { ...accounts.applier, roles: applierRoles },
      { ...accounts.limited, roles: applierRoles },
    ],
    startKubernetes: async ({ name }) => {
      const { endpoint, authority } = relays.get(String(name)) ?? plane
      return { endpoint, caCertificateBase64: Buffer.from(authority).toString('base64') }
    },
    stopKubernetes: async () => undefined,
  })
  const seed = google.seed(project)
  for (const role of ['planner', 'applier']) seed.serviceAccount(`slipway-${role}`)
  seed.enable('container', 'compute', 'secretmanager')
  for (const name of [sharedCluster, ...relays.keys()])
    await seed.cluster('us-central1', name, { initialNodeCount: 1 })
  return google
}

const nameIn = (text: string): string => /^name: (\S+)$/m.exec(text)?.[1] ?? ''

const product = (folder: string, environment: Readonly<Record<string, string>>) => {
  const ledgers = new Map<string, Ledger>()
  const said: string[] = []
  const run = (role: 'planner' | 'applier', text: string): Run => {
    const ledger = ledgers.get(nameIn(text)) ?? new Ledger()
    ledgers.set(nameIn(text), ledger)
    const env = { ...environment, CLOUDSDK_AUTH_ACCESS_TOKEN: accounts[role].token }
    return { role, env, folder, ledger, said: line => void said.push(line) }
  }
  const plan = (text: string): Promise<Plan> => planByCommand(text, run('planner', text))
  const apply: World['apply'] = async (text, reviewed, { env = {}, signal, ahead } = {}) => {
    const basic = run('applier', text)
    const whole = { ...basic, env: { ...basic.env, ...env } }
    // A command shows its plan itself: it cannot be handed another one, nor a clock, nor a signal of this process.
    if (signal !== undefined) return applyOnce(text, reviewed, { ...whole, signal })
    if (ahead !== undefined) return applyOnce(text, reviewed, { ...whole, ahead })
    const fresh = await plan(text)
    return planDigest(fresh) === planDigest(reviewed)
      ? applyByCommand(text, whole)
      : applyOnce(text, reviewed, whole)
  }
  return {
    said,
    run,
    plan,
    apply,
    settle: async (text: string): Promise<Plan> => {
      const first = await plan(text)
      if (first.problems.length > 0) throw new Error(`the plan has problems: ${shown(first).join('\n')}`)
      const applied = await applyByCommand(text, run('applier', text))
      if (applied.ended === 'refused')
        throw new Error(`refused: ${JSON.stringify([applied.uncovered, applied.plan.problems])}`)
      if (!succeeded(applied.result)) throw new Error(failuresOf(applied).join('\n'))
      const again = await plan(text)
      if (again.steps.length > 0 || again.problems.length > 0)
        throw new Error(`left after apply (${planDigest(again)}): ${shown(again).join('\n')}`)
      return first
    },
  }
}

/** Why steps failed, and what is left. */
export const failuresOf = (applied: Applied): readonly string[] =>
  applied.ended === 'refused'
    ? applied.plan.problems.map(({ message }) => message)
    : [
        ...applied.result.outcomes.flatMap(({ problem }) =>
          problem === undefined ? [] : [`${problem.message}\n${problem.advice ?? ''}`],
        ),
        ...applied.result.left.map(({ message }) => `left: ${message}`),
      ]

/** The steps of a plan, a line each, what differs below, then what stands in the way. */
export const shown = ({ steps, problems }: Plan): readonly string[] => [
  ...steps.flatMap(({ address, action, changes }) => [
    `${action} ${address}`,
    ...changes.map(
      ({ path, from, to, effect }) =>
        `  ${path.join('.')}: ${JSON.stringify(from)} → ${JSON.stringify(to)} ${effect}`,
    ),
  ]),
  ...problems.map(({ message }) => `problem: ${message}`),
]
