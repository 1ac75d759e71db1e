import { wallClock } from '../../../src/core/clock.ts'
import { makePlan } from '../../../src/core/make-plan.ts'
import type { Plan, Step } from '../../../src/core/plan.ts'
import type { Address, Observed, Resource } from '../../../src/core/resource.ts'
import type { Redactor } from '../../../src/core/secret.ts'
import type { Gcp, GcpReader } from '../../../src/gcp/port.ts'
import type { ApplyingPorts, Kind, PlanningPorts, Scope, Work } from '../../../src/kinds/kind.ts'

/** The scope of every test. */
export const scope: Scope = {
  environment: 'staging',
  project: 'acme-ml',
  location: 'us-central1',
  region: 'us-central1',
  cluster: undefined,
  applier: undefined,
}

/** The resource of an item, its settings checked by the kind's schema. */
export const resourceOf = <S>(kind: Kind<S>, name: string, settings: unknown, at: Scope = scope): Resource =>
  kind.resource({ name, settings: kind.schema.parse(settings), scope: at, sources: {} })

const unused = (name: string) =>
  new Proxy(
    {},
    {
      get: (_, member) => {
        throw new Error(`${name}.${String(member)} is not for this kind`)
      },
    },
  ) as never

/** Ports of planning of which a kind of Google's may use the first only. */
export const planning = (gcp: GcpReader): PlanningPorts => ({
  gcp,
  kubernetes: unused('kubernetes'),
  helm: unused('helm'),
})

/** Ports of applying, as above. */
export const applying = (gcp: Gcp, redactor: Redactor): ApplyingPorts => ({
  ...planning(gcp),
  run: { clock: wallClock, holder: 'test', healthOverrides: undefined },
  gcp,
  redactor,
  kubernetes: unused('kubernetes'),
  helm: unused('helm'),
  value: unused('value'),
})

/** What a step of a plan asks of its kind. */
export const workOf = (step: Step, progress: string[] = [], signal = new AbortController().signal): Work => ({
  address: step.address,
  identity: step.identity,
  environment: 'staging',
  spec: step.spec,
  changes: step.changes,
  outputs: () => undefined,
  progress: text => void progress.push(text),
  signal,
})

/** The work of making or changing a resource, without a plan. */
export const bareWork = ({ address, identity, spec }: Resource, more: Partial<Work> = {}): Work => ({
  address,
  identity,
  environment: 'staging',
  spec,
  changes: [],
  outputs: () => undefined,
  progress: () => undefined,
  signal: new AbortController().signal,
  ...more,
})

/** A plan of one kind. */
export const planOf = <S>(
  kind: Kind<S>,
  desired: readonly Resource[],
  observed: ReadonlyMap<Address, Observed>,
  gone: readonly Resource[] = [],
  baseline?: ReadonlyMap<Address, Resource>,
): Plan =>
  makePlan({
    environment: 'staging',
    project: 'acme-ml',
    file: 'environments/staging.yaml',
    engine: '0.1.0',
    desired,
    observed,
    baseline,
    gone: gone.map(resource => ({
      resource,
      observed: observed.get(resource.address) ?? { state: 'absent' },
    })),
    deletable: new Set(),
    kinds: new Map([[kind.kind, kind]]),
    notes: [],
  })

/** Does the steps of a plan the way apply does: batches together, in order. */
export const applied = async <S>(kind: Kind<S>, { steps }: Plan, ports: ApplyingPorts): Promise<void> => {
  for (const [action, some] of Map.groupBy(steps, step => step.action)) {
    const batches = Map.groupBy(some, step => kind.batch?.(step.spec, step.identity) ?? step.address)
    for (const [, batch] of batches) {
      const works = batch.map(step => workOf(step))
      if (action === 'create') await kind.create(works, ports)
      else if (action === 'remove') await kind.remove?.(works, ports)
      else if (action === 'settle') await kind.settle?.(works, ports)
      else await kind.update(works, ports)
    }
  }
}
