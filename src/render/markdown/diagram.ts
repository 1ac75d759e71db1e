import type { Plan, Step } from '../../core/plan.ts'
import { referenceParts, referencesIn } from '../../core/reference.ts'
import type { Address } from '../../core/resource.ts'
import { type Block, paragraph } from './blocks.ts'
import { diagramLabel } from './escape.ts'

const kinds: ReadonlySet<string> = new Set([
  'cluster',
  'node-pool',
  'release',
  'address',
  'sql-instance',
  'secret',
])
const inside: ReadonlySet<string> = new Set(['node-pool', 'release'])

const marks: Readonly<Record<Step['action'], string>> = {
  create: ' ✚',
  adopt: ' ✎',
  update: ' ✎',
  settle: ' …',
  remove: ' ✖',
}

/** Larger pictures are no picture. */
const mostNodes = 24

interface Picture {
  readonly nodes: readonly {
    readonly id: string
    readonly address: Address
    readonly kind: string
    readonly mark: string
  }[]
  readonly edges: readonly (readonly [Address, Address])[]
  readonly left: number
}

/** What an environment is made of, as a picture; only where something comes or goes, and belongs to something else. */
export const diagramBlocks = (plan: Plan): readonly Block[] => {
  const moves = plan.steps.some(
    ({ action }) => action === 'create' || action === 'remove' || action === 'adopt',
  )
  const picture = pictureOf(plan)
  if (!moves || !isConnected(picture)) return []
  const text = ['```mermaid', 'flowchart LR', ...drawn(picture), '```'].join('\n')
  return [paragraph('diagram', `diagram of ${plan.environment}`, text)]
}

/** Boxes that stand each for itself are a list, which is shown already. */
const isConnected = ({ nodes, edges }: Picture): boolean =>
  edges.length > 0 ||
  (nodes.some(({ kind }) => kind === 'cluster') && nodes.some(({ kind }) => inside.has(kind)))

const kindOf = (address: Address): string => address.slice(0, Math.max(0, address.indexOf('/')))

const pictureOf = ({ steps, outputs }: Plan): Picture => {
  const byAddress = new Map(steps.map(step => [step.address, step]))
  const known = Object.keys(outputs).filter(address => !byAddress.has(address))
  const all = [...byAddress.keys(), ...known].filter(address => kinds.has(kindOf(address)))
  const shown = all.slice(0, mostNodes)
  const nodes = shown.map((address, index) => {
    const step = byAddress.get(address)
    return {
      id: `n${index}`,
      address,
      kind: kindOf(address),
      mark: step === undefined ? '' : marks[step.action],
    }
  })
  const names = new Set(shown)
  const edges = shown.flatMap(address =>
    reached(address, byAddress).flatMap(other => (names.has(other) ? edgeOf(address, other) : [])),
  )
  const once = new Map(edges.map(edge => [edge.join('\n'), edge]))
  return { nodes, edges: [...once.values()], left: all.length - shown.length }
}

/** What a resource leans on, seen through what is not drawn. */
const reached = (from: Address, steps: ReadonlyMap<Address, Step>): readonly Address[] => {
  const seen = new Set<Address>([from])
  const found: Address[] = []
  const queue = [from]
  for (let address = queue.shift(); address !== undefined; address = queue.shift()) {
    const step = steps.get(address)
    const next =
      step === undefined
        ? []
        : [...step.after, ...referencesIn(step.spec).map(r => referenceParts(r).address)]
    for (const other of next.filter(one => !seen.has(one))) {
      seen.add(other)
      if (kinds.has(kindOf(other))) found.push(other)
      else queue.push(other)
    }
  }
  return found
}

/** Traffic goes from an address to a release, and from a release to its database; frames need no arrow. */
const edgeOf = (from: Address, to: Address): readonly (readonly [Address, Address])[] => {
  if (kindOf(from) !== 'release' || kindOf(to) === 'cluster' || kindOf(to) === 'node-pool') return []
  return kindOf(to) === 'address' ? [[to, from]] : [[from, to]]
}

const drawn = ({ nodes, edges, left }: Picture): readonly string[] => {
  const ids = new Map(nodes.map(({ address, id }) => [address, id]))
  const line = ({ id, address, kind, mark }: Picture['nodes'][number]): string => {
    const label = `"${diagramLabel(address)}${mark}"`
    return kind === 'sql-instance' ? `${id}[(${label})]` : `${id}[${label}]`
  }
  const frame = nodes.find(({ kind }) => kind === 'cluster')
  const framed = nodes.filter(({ kind }) => inside.has(kind))
  const rest = nodes.filter(node => node !== frame && !(frame !== undefined && framed.includes(node)))
  return [
    ...(frame === undefined || framed.length === 0
      ? nodes.filter(node => node === frame).map(node => `  ${line(node)}`)
      : [
          `  subgraph gke["GKE ${diagramLabel(frame.address)}${frame.mark}"]`,
          ...framed.map(node => `    ${line(node)}`),
          '  end',
        ]),
    ...rest.map(node => `  ${line(node)}`),
    ...edges.map(([from, to]) => `  ${ids.get(from)} --> ${ids.get(to)}`),
    ...(left > 0 ? [`  more["… and ${left} more"]`] : []),
  ]
}
