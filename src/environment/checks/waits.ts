import type { Json, Path } from '../../core/json.ts'
import { needs } from '../../core/order-steps.ts'
import type { Problem } from '../../core/problem.ts'
import type { Address, Resource } from '../../core/resource.ts'
import { type Checked, entriesAt, objectAt, placeIn } from './check.ts'

/** What the file says must come first and does not make, and what waits for itself. */
export const waitsIn = (checked: Checked, resources: readonly Resource[]): readonly Problem[] => {
  const made = new Set(resources.map(({ address }) => address))
  const { use } = objectAt(checked.document, ['cluster'])
  if (typeof use === 'string') made.add(`cluster/${use}`)
  const unmade = namedIn(checked).filter(({ address }) => !made.has(address))
  if (unmade.length === 0) return rings(checked, resources)
  return unmade.map(({ path, address }) => ({
    message: `${label(path)}: nothing in this file has the address ${address}.`,
    advice: 'Name something that is in the plan, by its address there.',
    position: placeIn(checked, path),
  }))
}

interface Named {
  readonly path: Path
  readonly address: Address
}

const label = (path: Path): string => path.filter(part => !/^\d+$/.test(part)).at(-1) ?? ''

const namedIn = ({ document }: Checked): readonly Named[] => {
  const releases = entriesAt(document, ['releases']).map(([name]) => ['releases', name])
  const pools = entriesAt(document, ['nodePools']).map(([name]) => ['nodePools', name])
  return [...pools, ['database'], ...releases].flatMap(path => {
    const settings = objectAt(document, path)
    const { after = [], backupBefore } = settings
    const { login } = objectAt(settings, ['health'])
    return [
      ...(Array.isArray(after) ? after : []).flatMap((one, index) =>
        named([...path, 'after', String(index)], one),
      ),
      ...named([...path, 'backupBefore'], backupBefore),
      ...named([...path, 'health', 'login'], login),
    ]
  })
}

const named = (path: Path, address: Json | undefined): readonly Named[] =>
  typeof address === 'string' ? [{ path, address }] : []

/** The first ring of resources that wait for one another; nothing in it could ever begin. */
const rings = (checked: Checked, resources: readonly Resource[]): readonly Problem[] => {
  const byAddress = new Map(resources.map(resource => [resource.address, resource]))
  const done = new Set<Address>()
  const visit = (address: Address, trail: readonly Address[]): readonly Address[] | undefined => {
    const resource = byAddress.get(address)
    if (resource === undefined || done.has(address)) return undefined
    if (trail.includes(address)) return [...trail.slice(trail.indexOf(address)), address]
    for (const before of needs(resource)) {
      const ring = visit(before, [...trail, address])
      if (ring !== undefined) return ring
    }
    done.add(address)
    return undefined
  }
  for (const { address } of resources) {
    const ring = visit(address, [])
    if (ring !== undefined) return [inRing(checked, ring)]
  }
  return []
}

const inRing = (checked: Checked, ring: readonly Address[]): Problem => {
  const written = namedIn(checked).find(({ address }) => ring.includes(address))
  return {
    message: `after: these wait for one another: ${ring.join(' → ')}.`,
    advice: 'Take one of the `after` lines out.',
    position: placeIn(checked, written?.path ?? []),
  }
}
