import { isObject, type Json, valueAt } from '../core/json.ts'
import type { Address, Resource } from '../core/resource.ts'

/**
 * Adds what resources of one file must wait for although no value of theirs says so: an account's users wait for the
 * account and its roles, releases for everything that their pods need.
 */
export const wired = (resources: readonly Resource[], project: string): readonly Resource[] => {
  const accounts = resources
    .filter(({ kind }) => kind === 'service-account')
    .map(one => accountOf(one, project))
  const grants = resources.filter(({ kind }) => kind === 'grant')
  const addresses = new Set(resources.map(({ address }) => address))
  return resources.map(resource => {
    const more = [
      ...(servicesOf[resource.kind] ?? [])
        .map(service => `service/${service}`)
        .filter(one => addresses.has(one)),
      ...accountsUsed(resource, accounts, grants),
      ...neededByPods(resource, resources),
    ]
    const dependsOn = [...new Set([...resource.dependsOn, ...more])].filter(one => one !== resource.address)
    return { ...resource, dependsOn }
  })
}

/** Google APIs that a kind's resources work with, besides the one that its own definition names. */
const servicesOf: Readonly<Record<string, readonly string[]>> = {
  cluster: ['container', 'compute'],
  'sql-instance': ['sqladmin'],
}

interface Account {
  readonly address: Address
  readonly email: string
  /** The name by which Cloud SQL knows it. */
  readonly user: string
}

const accountOf = ({ address, spec }: Resource, project: string): Account => {
  const user = `${String(spec.id)}@${project}.iam`
  return { address, user, email: `${user}.gserviceaccount.com` }
}

const accountsUsed = (
  { kind, spec }: Resource,
  accounts: readonly Account[],
  grants: readonly Resource[],
): readonly Address[] => {
  if (kind === 'service-account') return []
  const texts = new Set(textsIn(spec))
  const used = accounts.filter(
    ({ email, user }) => texts.has(email) || texts.has(user) || texts.has(`serviceAccount:${email}`),
  )
  if (kind === 'grant') return used.map(({ address }) => address)
  return used.flatMap(account => [
    account.address,
    ...grants.filter(grant => concerns(grant, account, kind)).map(({ address }) => address),
  ])
}

/** Workload identity waits for the cluster, so only what runs in the cluster waits for it. */
const concerns = ({ spec }: Resource, { email }: Account, kind: string): boolean =>
  (spec.member === `serviceAccount:${email}` || valueAt(spec, ['target', 'serviceAccount']) === email) &&
  (kind === 'release' || spec.role !== 'roles/iam.workloadIdentityUser')

const podsNeed = ['node-pool', 'sql-database', 'sql-user', 'namespace', 'kubernetes-secret', 'address']

const neededByPods = ({ kind }: Resource, resources: readonly Resource[]): readonly Address[] =>
  kind === 'release'
    ? resources.filter(other => podsNeed.includes(other.kind)).map(({ address }) => address)
    : []

const textsIn = (value: Json): readonly string[] => {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  return isObject(value) ? Object.values(value).flatMap(textsIn) : []
}
