import { holds, type Membership } from '../kinds/grant/policy.ts'
import { accountMember, actingMember, bindingsFor, parts, projectGrants, trustOf } from './google-wanted.ts'
import { issuer, names } from './names.ts'
import { connectPermissions, grantingRole, ownServices } from './roles.ts'
import { ifSeen, type SeenProject, type SeenProvider } from './seen.ts'
import type { GoogleStep } from './steps.ts'
import { conditionOf, mappingOf } from './trust.ts'
import type { ProjectWishes, Wishes } from './wishes.ts'

/**
 * What is missing or different in a project, in the order in which it can be done. What could not be looked at gives no
 * step. Nothing is taken from anybody but from what is Slipway's own: its condition, its provider, its custom role.
 */
export const googleSteps = (
  wishes: Wishes,
  project: ProjectWishes,
  seen: SeenProject,
): readonly GoogleStep[] => [
  ...serviceSteps(seen),
  ...accountSteps(seen),
  ...roleSteps(seen),
  ...projectGrantSteps(wishes, project, seen),
  ...poolSteps(seen),
  ...providerSteps(wishes, project, seen),
  ...actingSteps(seen),
]

const serviceSteps = ({ id, services }: SeenProject): readonly GoogleStep[] => {
  if (services.state === 'unchecked') return []
  const missing = ownServices.filter(service => ifSeen(services)?.includes(service) !== true)
  return missing.length === 0 ? [] : [{ do: 'enable-services', project: id, services: missing }]
}

const accountSteps = ({ id, accounts }: SeenProject): readonly GoogleStep[] =>
  parts.flatMap(part =>
    accounts[part].account.state === 'absent' ? [{ do: 'make-account', project: id, part } as const] : [],
  )

const roleSteps = ({ id, role }: SeenProject): readonly GoogleStep[] => {
  if (role.state === 'unchecked') return []
  const found = ifSeen(role)
  if (found === undefined) return [{ do: 'make-role', project: id, how: 'create' }]
  if (found.deleted) return [{ do: 'make-role', project: id, how: 'undelete' }]
  const same = [...found.permissions].sort().join() === [...connectPermissions].sort().join()
  return same ? [] : [{ do: 'make-role', project: id, how: 'update' }]
}

const projectGrantSteps = (
  { prune }: Wishes,
  project: ProjectWishes,
  { id, policy }: SeenProject,
): readonly GoogleStep[] => {
  const found = ifSeen(policy)
  if (policy.state === 'unchecked') return []
  const wanted = projectGrants(project, found, prune)
  const add = wanted.filter(grant => found === undefined || !holds(found, grant))
  const conditions = wanted.flatMap(({ role, condition }) => (role === grantingRole ? [condition] : []))
  const drop = bindingsFor(found, grantingRole, accountMember('applier', id)).filter(
    ({ condition }) => !conditions.some(one => isSame({ condition }, { condition: one })),
  )
  return add.length + drop.length === 0 ? [] : [{ do: 'grant', project: id, on: 'project', add, drop }]
}

const isSame = (a: Pick<Membership, 'condition'>, b: Pick<Membership, 'condition'>): boolean =>
  a.condition?.expression === b.condition?.expression && a.condition?.title === b.condition?.title

const poolSteps = ({ id, pool }: SeenProject): readonly GoogleStep[] => {
  if (pool.state === 'absent') return [{ do: 'make-pool', project: id, how: 'create' }]
  return ifSeen(pool)?.deleted === true ? [{ do: 'make-pool', project: id, how: 'undelete' }] : []
}

/** The provider that is Slipway's, deleted or not. */
export const ownProvider = ({ providers }: SeenProject): SeenProvider | undefined =>
  ifSeen(providers)?.find(({ id }) => id === names.provider)

const providerSteps = (wishes: Wishes, project: ProjectWishes, seen: SeenProject): readonly GoogleStep[] => {
  const found = ownProvider(seen)
  const trust = trustOf(wishes, project, found?.condition ?? '')
  if (trust === undefined || seen.providers.state === 'unchecked') return []
  const step = {
    do: 'make-provider',
    project: seen.id,
    condition: conditionOf(trust),
    mapping: mappingOf(trust),
    dropKeys: found?.ownKeys ?? false,
  } as const
  if (found === undefined) return [{ ...step, how: 'create' }]
  if (found.deleted) return [{ ...step, how: 'undelete' }]
  return isAsWanted(found, step) ? [] : [{ ...step, how: 'update' }]
}

const isAsWanted = (
  found: SeenProvider,
  { condition, mapping }: Pick<SeenProvider, 'condition' | 'mapping'>,
): boolean =>
  found.issuer === issuer &&
  !found.ownKeys &&
  found.condition === condition &&
  sorted(found.mapping) === sorted(mapping) &&
  found.audiences.length === 0

const sorted = (map: Readonly<Record<string, string>>): string => JSON.stringify(Object.entries(map).sort())

const actingSteps = ({ id, number, accounts }: SeenProject): readonly GoogleStep[] =>
  parts.flatMap(part => {
    const { policy } = accounts[part]
    if (number === undefined || policy.state === 'unchecked') return []
    const wanted = actingMember(part, number)
    const found = ifSeen(policy)
    return found !== undefined && holds(found, wanted)
      ? []
      : [{ do: 'grant', project: id, on: part, add: [wanted], drop: [] } as const]
  })
