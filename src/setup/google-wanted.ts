import { bindingsOf, type Condition, type Membership, type Policy } from '../kinds/grant/policy.ts'
import { grantsCondition, rolesIn } from './grants.ts'
import { emailOf, federatedMember, names, type Part } from './names.ts'
import { grantingRole, isTakeover, roleUses } from './roles.ts'
import { conditionOf, enginesIn, environmentsIn, longestCondition, type Trust, workflowOf } from './trust.ts'
import type { ProjectWishes, Wishes } from './wishes.ts'

/** The two identities. */
export const parts: readonly Part[] = ['planner', 'applier']

/** A service account as policies name it. */
export const accountMember = (part: Part, project: string): string =>
  `serviceAccount:${emailOf(part, project)}`

/** The custom role's full name. */
export const connectRoleName = (project: string): string => `projects/${project}/roles/${names.connectRole}`

/** What is there already, and what is wanted besides, each once. */
const union = (there: readonly string[], wanted: readonly string[]): readonly string[] => [
  ...new Set([...there, ...wanted]),
]

/** The bindings by which a member has a role, with their conditions. */
export const bindingsFor = (
  policy: Policy | undefined,
  role: string,
  member: string,
): readonly Membership[] =>
  policy === undefined
    ? []
    : bindingsOf(policy)
        .filter(
          binding =>
            binding.role === role && binding.members.some(one => one.toLowerCase() === member.toLowerCase()),
        )
        .map(binding => ({ role, member, condition: binding.condition as Condition | undefined }))

/**
 * Roles that the applier may give away: those of the files, and those that the condition allows already, since a grant
 * that no file names any more has still to be taken away. Those that would make it an owner are not kept.
 */
export const grantableRoles = (
  project: ProjectWishes,
  policy: Policy | undefined,
  prune: boolean,
): readonly string[] => {
  const found = bindingsFor(policy, grantingRole, accountMember('applier', project.id))
  const allowed = found.flatMap(({ condition }) =>
    condition === undefined ? [] : (rolesIn(condition) ?? []),
  )
  const kept = allowed.filter(role => !isTakeover(role) || project.roles.includes(role))
  return prune ? project.roles : union(kept, project.roles)
}

/** What the identities hold on the project. */
export const projectGrants = (
  project: ProjectWishes,
  policy: Policy | undefined,
  prune: boolean,
): readonly Membership[] => {
  const [planner, applier] = [accountMember('planner', project.id), accountMember('applier', project.id)]
  return [
    ...roleUses.planner.map(({ role }) => ({ role, member: planner })),
    { role: connectRoleName(project.id), member: planner },
    ...roleUses.applier.map(({ role }) => ({ role, member: applier })),
    {
      role: grantingRole,
      member: applier,
      condition: grantsCondition(grantableRoles(project, policy, prune)),
    },
  ]
}

/** Who may act as an identity: the jobs that the provider takes for it, and nobody else. */
export const actingMember = (part: Part, number: string): Membership => ({
  role: 'roles/iam.workloadIdentityUser',
  member: federatedMember(number, part),
})

/**
 * Whom the provider is to trust: the engine and the environments of the files, besides what `condition` trusts already,
 * as long as it is the same workflow. Undefined while no workflow calls the apply workflow.
 */
export const trustOf = (
  { repository, engine, prune }: Wishes,
  { environments }: ProjectWishes,
  condition: string,
): Trust | undefined => {
  if (engine === undefined) return undefined
  const others = prune ? [] : enginesIn(condition).filter(one => workflowOf(one) === workflowOf(engine))
  const trust = (engines: readonly string[]): Trust => ({
    repository: repository.name,
    repositoryId: repository.id,
    ownerId: repository.ownerId,
    branch: repository.branch,
    engines,
    environments: prune ? environments : union(environmentsIn(condition), environments),
  })
  const all = trust(union(others, [engine]))
  return conditionOf(all).length <= longestCondition ? all : trust([engine])
}
