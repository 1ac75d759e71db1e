import type { Address, Observed, Resource } from '../core/resource.ts'
import type { Kind, PlanningPorts } from '../kinds/kind.ts'

/** The kinds by name. */
export type Kinds = ReadonlyMap<string, Kind>

/** The kind of a resource. @throws Error for a kind that nobody registered: a defect. */
export const kindOf = (kinds: Kinds, name: string): Kind => {
  const kind = kinds.get(name)
  if (kind === undefined) throw new Error(`kind ${name} is not registered`)
  return kind
}

/**
 * Looks at resources, all kinds side by side. Something behind an API that is off is assumed absent only if the same
 * resources (or those of `among`) switch that API on; otherwise it is unknown.
 */
export const observeAll = async (
  kinds: Kinds,
  resources: readonly Resource[],
  ports: PlanningPorts,
  among: readonly Resource[] = resources,
): Promise<ReadonlyMap<Address, Observed>> => {
  const names = [...new Set(resources.map(({ kind }) => kind))]
  const answers = await Promise.all(
    names.map(name =>
      kindOf(kinds, name).observe(
        resources.filter(({ kind }) => kind === name),
        ports,
      ),
    ),
  )
  const enabled = new Set(
    among.filter(({ kind }) => kind === 'service').map(({ spec }) => String(spec.service)),
  )
  const observed = answers.flatMap(answer => [...answer])
  return new Map(observed.map(([address, seen]) => [address, trusted(address, seen, enabled)]))
}

/** Looks at everything at once, only at what has to be prepared when that is done. */
export const observeReady = async (
  kinds: Kinds,
  resources: readonly Resource[],
  preparing: Promise<{ readonly resources: readonly Resource[] }>,
  ports: PlanningPorts,
): Promise<ReadonlyMap<Address, Observed>> => {
  const waits = ({ kind }: Resource) => kindOf(kinds, kind).prepare !== undefined
  const [early, late] = await Promise.all([
    observeAll(
      kinds,
      resources.filter(resource => !waits(resource)),
      ports,
      resources,
    ),
    preparing.then(ready => observeAll(kinds, ready.resources.filter(waits), ports, resources)),
  ])
  return new Map([...early, ...late])
}

const trusted = (address: Address, observed: Observed, enabled: ReadonlySet<string>): Observed => {
  if (observed.state !== 'absent' || observed.assumed === undefined) return observed
  const service = /^(\S+\.googleapis\.com) is off/.exec(observed.assumed)?.[1]
  if (service === undefined || enabled.has(service)) return observed
  const problem = {
    address,
    message: `${address} cannot be seen: ${service} is off in the project.`,
    advice: `Add ${service.split('.')[0]} to \`services:\` in the file, or switch the API on.`,
  }
  return { state: 'unknown', problem }
}
