import { digestOf } from '../../core/digest.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Resource } from '../../core/resource.ts'
import { type Item, text } from '../kind.ts'
import { bareResource, partsOf } from '../shared/identity.ts'
import { plain } from '../shared/settings.ts'
import { targetOf } from './api.ts'
import { normalMember } from './member.ts'
import type { Condition, Membership } from './policy.ts'
import type { GrantSettings } from './schema.ts'

/** The membership that a spec stands for. */
export const membershipOf = (spec: JsonObject): Membership => ({
  role: text(spec, 'role'),
  member: text(spec, 'member'),
  condition: spec.condition as Condition | undefined,
})

/** The resource of a grant. Two grants that differ in their condition only are two. */
export const grantResource = ({ name, settings, sources }: Item<GrantSettings>): Resource => {
  const { role, target, condition, after = [] } = settings
  const member = normalMember(settings.member)
  const serviceAccount = target.serviceAccount?.toLowerCase()
  const spec: JsonObject = {
    role,
    member,
    target: { project: target.project, ...(serviceAccount === undefined ? {} : { serviceAccount }) },
    ...(condition === undefined ? {} : { condition: plain(condition) }),
  }
  const { api, identity } = targetOf(spec)
  return {
    kind: 'grant',
    name,
    address: `grant/${name}`,
    identity: `${identity}#${role} ${member}${condition === undefined ? '' : ` if ${shortDigest(condition)}`}`,
    spec,
    dependsOn: [`service/${api}`, ...after],
    sources,
  }
}

const targets = [
  targetOf({ target: { project: '{project}' } }).identity,
  targetOf({ target: { project: '{project}', serviceAccount: '{serviceAccount}' } }).identity,
]

/** The grant that an identity names; undefined for one with a condition, of which the identity has a digest only. */
export const namedGrant = (identity: string): Resource | undefined => {
  const [, on = '', role = '', member = ''] = /^([^#]+)#(\S+) (\S+)$/.exec(identity) ?? []
  const parts = targets.map(template => partsOf(template, on)).find(found => found !== undefined)
  if (parts === undefined) return undefined
  const { project = '', serviceAccount } = parts
  const target = { project, ...(serviceAccount === undefined ? {} : { serviceAccount }) }
  const name = grantName({ role, member, target })
  return bareResource('grant', name, identity, { role, member, target })
}

const shortDigest = (condition: NonNullable<GrantSettings['condition']>): string =>
  digestOf(plain(condition)).slice(0, 12)

/** The name of a grant, `ROLE:MEMBER@TARGET`; with a condition its title and a digest follow. */
export const grantName = ({ role, member, target, condition }: Omit<GrantSettings, 'after'>): string => {
  const name = `${role}:${normalMember(member)}@${target.serviceAccount?.toLowerCase() ?? target.project}`
  return condition === undefined ? name : `${name} if ${condition.title} (${shortDigest(condition)})`
}
