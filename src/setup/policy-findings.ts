import { bindingsOf, type Condition, holds, type Membership, type Policy } from '../kinds/grant/policy.ts'
import type { Finding } from './finding.ts'
import { grantCommand } from './google-commands.ts'
import { accountMember, actingMember, bindingsFor, connectRoleName, parts } from './google-wanted.ts'
import { rolesIn } from './grants.ts'
import { emailOf, type Part, poolName } from './names.ts'
import { consequenceOf, grantingRole, isTakeover, roleUses } from './roles.ts'
import { ifSeen, type SeenProject } from './seen.ts'
import type { ProjectWishes } from './wishes.ts'

/** Every membership of a policy. */
const membershipsOf = (policy: Policy): readonly Membership[] =>
  bindingsOf(policy).flatMap(({ role, members, condition }) =>
    members.map(member => ({ role, member, condition: condition as Condition | undefined })),
  )

const isMember = (member: string, part: Part, project: string): boolean =>
  member.toLowerCase() === accountMember(part, project).toLowerCase()

/** Roles of the two identities on the project that they should not have. */
export const roleFindings = (project: ProjectWishes, { id, policy }: SeenProject): readonly Finding[] => {
  const found = ifSeen(policy)
  if (found === undefined) return []
  return parts.flatMap(part => {
    const usual = [
      ...roleUses[part].map(({ role }) => role),
      ...(part === 'planner' ? [connectRoleName(id)] : [grantingRole, ...project.applierRoles]),
    ]
    return membershipsOf(found)
      .filter(({ role, member }) => isMember(member, part, id) && !usual.includes(role))
      .map((grant): Finding => {
        const consequence = consequenceOf(grant.role)
        return {
          level: 'wrong',
          id: `${part}/role-too-wide`,
          where: id,
          what: `the ${part} has ${grant.role}, which it does not need`,
          effect: `${part === 'planner' ? 'Whoever can push a branch' : 'Whoever can merge'} may ${consequence ?? 'use what it holds'}.`,
          mend: grantCommand('remove', { project: id, on: 'project' }, grant),
        }
      })
  })
}

/** Roles on the project that jobs hold directly, past the two identities. */
export const federatedFindings = ({ id, number, policy }: SeenProject): readonly Finding[] => {
  const found = ifSeen(policy)
  if (found === undefined || number === undefined) return []
  return membershipsOf(found)
    .filter(({ member }) => member.includes(`/${poolName(number)}/`))
    .map(grant => ({
      level: 'wrong',
      id: 'project/federated-role',
      where: id,
      what: `${grant.member} has ${grant.role} on the project`,
      effect: `Jobs that the provider accepts may ${consequenceOf(grant.role) ?? 'use it'} without being the planner or the applier.`,
      mend: grantCommand('remove', { project: id, on: 'project' }, grant),
    }))
}

/** Who can act as an identity, after "so that". */
const reach = (part: Part, { member }: Membership): string => {
  const kind = member.split(':')[0]
  if (/^all(Authenticated)?Users$/.test(member)) return `Everybody can become the ${part}.`
  if (/\/workloadIdentityPools\/[^/]+\/\*$/.test(member))
    return `Every job that the pool lets in, plans of a branch too, can become the ${part}.`
  if (member.endsWith('/attribute.slipway/plan')) return `Whoever can push a branch can become the ${part}.`
  if (kind === 'principalSet' || kind === 'principal')
    return `Whoever ${member} stands for can become the ${part}.`
  return `${member} can become the ${part} from anywhere, without a review.`
}

/** Others than the jobs of the workflow that may act as an identity, or change who may. */
export const actingFindings = ({ id, number, accounts }: SeenProject): readonly Finding[] =>
  number === undefined
    ? []
    : parts.flatMap(part => {
        const policy = ifSeen(accounts[part].policy)
        if (policy === undefined) return []
        const wanted = { etag: '', bindings: [bindingOf(actingMember(part, number))] }
        return membershipsOf(policy)
          .filter(grant => !holds(wanted, grant) && !grant.member.startsWith('deleted:'))
          .map(
            (grant): Finding => ({
              level: 'wrong',
              id: `${part}/acting-too-wide`,
              where: id,
              what: `${grant.member} has ${grant.role} on ${emailOf(part, id)}`,
              effect: reach(part, grant),
              mend: grantCommand('remove', { project: id, on: part }, grant),
            }),
          )
      })

const bindingOf = ({ role, member }: Membership) => ({ role, members: [member] })

/** What is wrong, or more than it need be, with the condition on what the applier may grant. */
export const grantingFindings = (
  project: ProjectWishes,
  { id, policy }: SeenProject,
  bootstrap: string,
): readonly Finding[] => {
  const found = bindingsFor(ifSeen(policy), grantingRole, accountMember('applier', id))
  const finding = (kind: string, what: string, effect: string): Finding => ({
    ...{ level: 'wrong', id: `grants/${kind}`, where: id, what, effect, mend: bootstrap },
  })
  if (found.length === 0)
    return ifSeen(policy) === undefined
      ? []
      : [
          finding(
            'missing',
            `the applier lacks ${grantingRole}`,
            'Apply cannot give the roles that the files name.',
          ),
        ]
  return found.flatMap(({ condition }): readonly Finding[] => {
    if (condition === undefined)
      return [
        finding(
          'unlimited',
          `the applier has ${grantingRole} without a condition`,
          'Whoever can merge may make anybody the owner of the project.',
        ),
      ]
    const roles = rolesIn(condition)
    if (roles === undefined)
      return [
        finding(
          'not-understood',
          `the condition "${condition.title}" on the applier's ${grantingRole} is not the one that Slipway writes`,
          'Nobody can say which roles the applier may give away.',
        ),
      ]
    return listFindings(project, roles, finding, bootstrap)
  })
}

const listFindings = (
  project: ProjectWishes,
  roles: readonly string[],
  finding: (kind: string, what: string, effect: string) => Finding,
  bootstrap: string,
): readonly Finding[] => {
  const missing = project.roles.filter(role => !roles.includes(role))
  const extra = roles.filter(role => !project.roles.includes(role))
  const idle = extra.filter(role => !isTakeover(role))
  return [
    ...missing.map(role =>
      finding(
        'role-not-allowed',
        `an environment gives ${role} away, which the applier's condition does not allow`,
        'The apply that grants it will be refused.',
      ),
    ),
    ...extra
      .filter(isTakeover)
      .map(role =>
        finding(
          'role-too-wide',
          `the applier may give ${role} to anybody`,
          `Whoever can merge may ${consequenceOf(role) ?? 'take the project over'}.`,
        ),
      ),
    ...(idle.length === 0
      ? []
      : [
          {
            ...finding(
              'role-not-needed',
              `the applier may give ${idle.join(', ')}, which no file does`,
              'That is needed until what such a file once gave has been taken away.',
            ),
            level: 'note' as const,
            mend: `${bootstrap} --prune`,
          },
        ]),
  ]
}
