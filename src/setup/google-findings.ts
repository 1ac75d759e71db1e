import type { Finding } from './finding.ts'
import { ownProvider } from './google-steps.ts'
import { parts, trustOf } from './google-wanted.ts'
import { emailOf, names } from './names.ts'
import { actingFindings, federatedFindings, grantingFindings, roleFindings } from './policy-findings.ts'
import { poolFindings, providerFindings, trustNotes } from './provider-findings.ts'
import { connectPermissions, grantingRole, roleUses } from './roles.ts'
import { ifSeen, type Seen, type SeenProject } from './seen.ts'
import { commandLine } from './shell.ts'
import type { GoogleStep } from './steps.ts'
import type { ProjectWishes, Wishes } from './wishes.ts'

/** What is missing, different or too wide in a project. `steps` are those that would mend it. */
export const googleFindings = (
  wishes: Wishes,
  project: ProjectWishes,
  seen: SeenProject,
  steps: readonly GoogleStep[],
  bootstrap: string,
): readonly Finding[] => {
  const trust = trustOf(wishes, project, ownProvider(seen)?.condition ?? '')
  return [
    ...uncheckedIn(seen),
    ...steps.flatMap(step =>
      step.do === 'make-provider'
        ? providerFindings(step, ownProvider(seen), trust, bootstrap)
        : missing(step, seen, bootstrap),
    ),
    ...roleFindings(project, seen),
    ...grantingFindings(project, seen, bootstrap),
    ...federatedFindings(seen),
    ...accountFindings(seen),
    ...actingFindings(seen),
    ...poolFindings(seen),
    ...trustNotes(wishes, project, ownProvider(seen), bootstrap),
  ]
}

const missing = (
  step: Exclude<GoogleStep, { do: 'make-provider' }>,
  seen: SeenProject,
  bootstrap: string,
): readonly Finding[] => {
  const wrong = (id: string, what: string, effect: string): Finding => ({
    ...{ level: 'wrong', id, where: step.project, what, effect, mend: bootstrap },
  })
  switch (step.do) {
    case 'enable-services':
      return [
        wrong(
          'project/services',
          `${step.services.join(', ')} ${step.services.length === 1 ? 'is' : 'are'} off`,
          'Slipway cannot switch on what it needs itself.',
        ),
      ]
    case 'make-account':
      return [
        wrong(
          `${step.part}/missing`,
          `${emailOf(step.part, step.project)} does not exist`,
          step.part === 'planner' ? 'Pull requests cannot be planned.' : 'Nothing can be applied.',
        ),
      ]
    case 'make-role':
      return [roleFinding(step.how, seen, wrong)]
    case 'grant':
      return step.on === 'project'
        ? step.add
            .filter(({ role }) => role !== grantingRole)
            .map(({ role, member }) => missingRole(role, member, wrong))
        : [
            wrong(
              `${step.on}/not-usable`,
              `jobs of the repository may not act as ${emailOf(step.on, step.project)}`,
              step.on === 'planner' ? 'Pull requests cannot be planned.' : 'Nothing can be applied.',
            ),
          ]
    case 'make-pool':
      return [
        wrong(
          'pool/missing',
          `the workload identity pool ${names.pool} ${step.how === 'undelete' ? 'is deleted' : 'does not exist'}`,
          'Neither plan nor apply can sign in.',
        ),
      ]
    default:
      return step satisfies never
  }
}

type Wrong = (id: string, what: string, effect: string) => Finding

const roleFinding = (how: string, { role }: SeenProject, wrong: Wrong): Finding => {
  const extra = (ifSeen(role)?.permissions ?? []).filter(one => !connectPermissions.includes(one))
  if (how === 'update' && extra.length > 0)
    return wrong(
      'planner/role-too-wide',
      `the custom role ${names.connectRole} of the planner holds ${extra.join(', ')} besides`,
      'Whoever can push a branch may use that.',
    )
  return wrong(
    'planner/custom-role',
    `the custom role ${names.connectRole} ${how === 'create' ? 'does not exist' : how === 'undelete' ? 'is deleted' : `lacks ${connectPermissions.join(', ')}`}`,
    'Plans cannot look into clusters through their DNS endpoint.',
  )
}

const missingRole = (role: string, member: string, wrong: Wrong): Finding => {
  const part = parts.find(one => member.includes(`:${names[one]}@`)) ?? 'planner'
  const use = roleUses[part].find(one => one.role === role)?.use ?? 'the DNS endpoint of clusters'
  return wrong(
    `${part}/role-missing`,
    `the ${part} lacks ${role}`,
    `${part === 'planner' ? 'Plans' : 'Applies'} that need it fail (${use}).`,
  )
}

/** The two accounts as such: switched off, or with keys. */
const accountFindings = ({ id, accounts }: SeenProject): readonly Finding[] =>
  parts.flatMap(part => {
    const { account, keys } = accounts[part]
    const email = emailOf(part, id)
    const disabled: readonly Finding[] =
      ifSeen(account)?.disabled === true
        ? [
            {
              ...{ level: 'wrong', id: `${part}/disabled`, where: id },
              what: `${email} is disabled`,
              effect: part === 'planner' ? 'Pull requests cannot be planned.' : 'Nothing can be applied.',
              mend: commandLine(['gcloud', 'iam', 'service-accounts', 'enable', email], ['--project', id]),
            },
          ]
        : []
    return [
      ...disabled,
      ...(ifSeen(keys) ?? []).map(
        (key): Finding => ({
          ...{ level: 'wrong', id: `${part}/key`, where: id },
          what: `${email} has a key, ${key}`,
          effect: `Whoever holds it is the ${part} from anywhere, until it is deleted.`,
          mend: commandLine(
            ['gcloud', 'iam', 'service-accounts', 'keys', 'delete', key],
            ['--iam-account', email, '--project', id],
          ),
        }),
      ),
    ]
  })

/** What could not be looked at. */
const uncheckedIn = ({ id, number, ...seen }: SeenProject): readonly Finding[] => {
  const looks: readonly (readonly [what: string, seen: Seen<unknown>])[] = [
    ['which APIs are on', seen.services],
    ['who has which role on the project', seen.policy],
    [`the custom role ${names.connectRole}`, seen.role],
    ...parts.flatMap(
      part =>
        [
          [emailOf(part, id), seen.accounts[part].account],
          [`keys of ${emailOf(part, id)}`, seen.accounts[part].keys],
          [`who may act as ${emailOf(part, id)}`, seen.accounts[part].policy],
        ] as const,
    ),
    [`the pool ${names.pool}`, seen.pool],
    ['its providers', seen.providers],
  ]
  return looks.flatMap(([what, look]) =>
    look.state === 'unchecked'
      ? [
          {
            level: 'unchecked',
            id: 'project/unchecked',
            where: id,
            what: `${what}: missing permission ${look.missing}`,
          } as const,
        ]
      : [],
  )
}
