import { type Json, type JsonObject, valueAt } from '../../core/json.ts'
import { type Check, type Checked, entriesAt, objectAt, placeIn } from './check.ts'
import { defaultConnections, keptConnections, neededConnections } from './connections.ts'
import { forPods, otherSizes, type Size } from './machines.ts'
import { cores, gibibytes } from './quantities.ts'
import { skypilotReleases } from './skypilot-release.ts'

/** What the API server asks for unless the values say otherwise (charts 0.12 and 0.13). */
const chartRequests = { cpu: 4, memory: '8Gi' }

/** What the pod of the API server asks for, its side containers included. */
const requestsOf = (values: JsonObject): Size => {
  const server = objectAt(values, ['apiService', 'resources', 'requests'])
  const sides = ['extraInitContainers'].flatMap(key => listAt(values, key)).filter(isSide)
  const asked = [
    { ...chartRequests, ...server },
    ...sides.map(side => objectAt(side, ['resources', 'requests'])),
  ]
  return {
    cores: asked.reduce((sum, { cpu }) => sum + (cores(cpu) ?? 0), 0),
    gibibytes: asked.reduce((sum, { memory }) => sum + (gibibytes(memory) ?? 0), 0),
  }
}

const listAt = (values: JsonObject, key: string): readonly JsonObject[] => {
  const list: Json | undefined = values[key]
  return Array.isArray(list) ? (list as readonly JsonObject[]) : []
}

/** An init container that goes on running beside the server. */
const isSide = (container: JsonObject): boolean => valueAt(container, ['restartPolicy']) === 'Always'

/** Machines that Compute Engine does not have; of families that the table does not know, only Google can tell. */
export const checkMachines: Check = checked => ({
  problems: entriesAt(checked.document, ['nodePools']).flatMap(([name, { machineType }]) => {
    const others = typeof machineType === 'string' ? otherSizes(machineType) : []
    if (others.length === 0) return []
    return [
      {
        message: `machineType: ${machineType} is not a machine that Compute Engine has.`,
        advice: `There are ${others.join(', ')}.`,
        position: placeIn(checked, ['nodePools', name, 'machineType']),
      },
    ]
  }),
})

/** At least one node pool must have machines that hold the pod; otherwise it waits for ever. */
export const checkRoom: Check = checked => {
  const pools = entriesAt(checked.document, ['nodePools'])
  const release = skypilotReleases(checked.document)[0]
  if (release === undefined || pools.length === 0) return {}
  const { use, mode } = objectAt(checked.document, ['cluster'])
  if (use !== undefined || mode === 'autopilot') return {}
  const open = pools.filter(([, pool]) => pool.taints === undefined && pool.accelerators === undefined)
  const sizes = open.map(([name, { machineType }]) => ({ name, type: String(machineType) }))
  const need = requestsOf(release.values)
  if (sizes.length === 0 || sizes.some(({ type }) => fits(need, forPods(type)))) return {}
  const first = sizes[0]
  const size = forPods(first?.type ?? '')
  return {
    problems: [
      {
        message: `machineType: the API server asks for ${show(need)}; a node of ${first?.type} has about ${show(size ?? need)} for pods.`,
        advice:
          'Use e2-standard-8 or larger in one pool, or lower apiService.resources (the chart insists on 4 cores and 8 GiB).',
        position: placeIn(checked, ['nodePools', first?.name ?? '', 'machineType']),
      },
    ],
  }
}

const fits = (need: Size, size: Size | undefined): boolean =>
  size === undefined || (need.cores <= size.cores && need.gibibytes <= size.gibibytes)

const show = ({ cores: c, gibibytes: g }: Size): string =>
  `${Math.floor(c * 100) / 100} cores and ${Math.floor(g * 100) / 100} GiB`

/** The database must take as many connections as the API server opens. */
export const checkConnections: Check = checked => {
  const tier = valueAt(checked.document, ['database', 'tier'])
  const release = skypilotReleases(checked.document)[0]
  if (release === undefined || typeof tier !== 'string') return {}
  const flag = objectAt(checked.document, ['database', 'flags']).max_connections
  const most = flag === undefined ? defaultConnections(tier) : Number(flag)
  const need = neededConnections(Math.ceil(requestsOf(release.values).cores)) + keptConnections
  if (most === undefined || !(most < need)) return {}
  const at = ['database', ...(flag === undefined ? ['tier'] : ['flags', 'max_connections'])]
  return { problems: [tooFew(checked, at, tier, most, need)] }
}

const tooFew = (checked: Checked, at: readonly string[], tier: string, most: number, need: number) => ({
  message: `${at.at(-1)}: ${at.length === 2 ? tier : 'this'} gives ${most} connections; the API server needs up to ${need}.`,
  advice: 'Use db-custom-2-7680 or larger, or raise database.flags.max_connections.',
  position: placeIn(checked, at),
})
