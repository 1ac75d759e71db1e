import type { Clock } from '../../../src/core/clock.ts'
import { makePlan } from '../../../src/core/make-plan.ts'
import type { Plan, Step } from '../../../src/core/plan.ts'
import type { Outputs } from '../../../src/core/reference.ts'
import type { Observed, Resource } from '../../../src/core/resource.ts'
import { Redactor, Secret } from '../../../src/core/secret.ts'
import { type Emulator, type EmulatorOptions, startEmulator } from '../../../src/emulator/index.ts'
import { createGcp } from '../../../src/gcp/client.ts'
import { createReader } from '../../../src/gcp/reader.ts'
import { createTransport } from '../../../src/gcp/transport.ts'
import type { ApplyingPorts, Item, Kind, PlanningPorts, Scope, Work } from '../../../src/kinds/kind.ts'

/** Time that passes only when somebody sleeps, and then for a manual emulator too. */
const hurried = (onSleep: (milliseconds: number) => void): Clock => {
  let now = 0
  return {
    now: () => now,
    sleep: async milliseconds => {
      now += milliseconds
      onSleep(milliseconds)
    },
  }
}

export const scope: Scope = {
  environment: 'staging',
  project: 'acme-ml',
  location: 'us-central1-a',
  region: 'us-central1',
  cluster: { project: 'acme-ml', location: 'us-central1-a', name: 'staging', address: 'cluster/staging' },
  applier: undefined,
}

export const item = <Settings>(settings: Settings, name = 'staging'): Item<Settings> => ({
  name,
  settings,
  scope,
  sources: {},
})

/** What the ports do not need to do here. */
const unused = (what: string) =>
  new Proxy(
    {},
    {
      get: () => {
        throw new Error(`these kinds do not use ${what}`)
      },
    },
  )

export interface World {
  readonly emulator: Emulator
  readonly gcp: ApplyingPorts['gcp']
  readonly applying: ApplyingPorts
  readonly observe: <S>(kind: Kind<S>, wanted: Resource) => Promise<Observed>
  readonly plan: <S>(kind: Kind<S>, wanted: Resource, applied?: Resource) => Promise<Plan>
  /** Plans, does what is planned, and gives that plan and the one that is left afterwards. */
  readonly converge: <S>(kind: Kind<S>, wanted: Resource, applied?: Resource) => Promise<Converged>
  readonly close: () => Promise<void>
}

export interface Converged {
  readonly plan: Plan
  readonly left: Plan
  readonly outputs: Outputs | undefined
}

export const workOf = ({ address, identity, spec, changes }: Omit<Step, 'kind'>): Work => ({
  address,
  identity,
  environment: 'staging',
  spec,
  changes,
  outputs: () => undefined,
  progress: () => undefined,
  signal: new AbortController().signal,
})

const doStep = async <S>(kind: Kind<S>, step: Step, ports: ApplyingPorts) => {
  const works = [workOf(step)]
  switch (step.action) {
    case 'create':
      return kind.create(works, ports)
    case 'adopt':
    case 'update':
      return kind.update(works, ports)
    case 'settle':
      return kind.settle?.(works, ports)
    case 'remove':
      await kind.remove?.(works, ports)
      return undefined
  }
}

/** `writer` is whose token the writes bear. */
export const startWorld = async (options: EmulatorOptions = {}, writer = 'owner'): Promise<World> => {
  const emulator = await startEmulator(options)
  emulator.seed().enable('container', 'compute', 'sqladmin', 'secretmanager', 'iam')
  const clock = hurried(milliseconds => {
    if (options.clock === 'manual') emulator.clock.advance(milliseconds)
  })
  const transport = (token: string) =>
    createTransport({ env: emulator.endpoints, token: async () => token, clock })
  const gcp = createGcp({ transport: transport(writer), clock, random: () => 0.5 })
  const applying: ApplyingPorts = {
    run: { clock, holder: 'test', healthOverrides: undefined },
    gcp,
    kubernetes: unused('Kubernetes') as ApplyingPorts['kubernetes'],
    helm: unused('helm') as ApplyingPorts['helm'],
    value: name => new Secret(`value of ${name}`),
    redactor: new Redactor(),
  }
  const observe = async <S>(kind: Kind<S>, wanted: Resource): Promise<Observed> => {
    const reader = createReader({ transport: transport('planner'), clock, random: () => 0.5 }, kind.reads)
    const ports: PlanningPorts = {
      gcp: reader,
      kubernetes: unused('Kubernetes') as PlanningPorts['kubernetes'],
      helm: unused('helm') as PlanningPorts['helm'],
    }
    const found = (await kind.observe([wanted], ports)).get(wanted.address)
    if (found === undefined) throw new Error(`nothing was observed for ${wanted.address}`)
    return found
  }
  const plan = async <S>(kind: Kind<S>, wanted: Resource, applied?: Resource): Promise<Plan> =>
    makePlan({
      environment: 'staging',
      project: 'acme-ml',
      file: 'environments/staging.yaml',
      engine: '0.1.0',
      desired: [wanted],
      observed: new Map([[wanted.address, await observe(kind, wanted)]]),
      baseline: applied === undefined ? undefined : new Map([[applied.address, applied]]),
      gone: [],
      deletable: new Set(),
      kinds: new Map([[kind.kind, kind]]),
      notes: [],
    })
  return {
    emulator,
    gcp,
    applying,
    observe,
    plan,
    converge: async (kind, wanted, applied) => {
      const planned = await plan(kind, wanted, applied)
      const [step] = planned.steps
      const done = step === undefined ? undefined : await doStep(kind, step, applying)
      return { plan: planned, left: await plan(kind, wanted, wanted), outputs: done?.get(wanted.address) }
    },
    close: () => emulator.close(),
  }
}
