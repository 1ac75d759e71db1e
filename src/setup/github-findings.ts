import { actionFindings } from './action-findings.ts'
import { demandFinding } from './demand-findings.ts'
import { branchFindings, environmentFindings } from './environment-findings.ts'
import { identityFindings, ownerFindings, workflowFindings } from './file-findings.ts'
import type { Finding, Wrong } from './finding.ts'
import { demands, guardedEnvironments, holdsForAll } from './github-steps.ts'
import { identitiesPath } from './names.ts'
import { ifSeen, type Seen, type SeenProject, type SeenRepository } from './seen.ts'
import type { GitHubStep } from './steps.ts'
import type { Wishes } from './wishes.ts'

/** What is missing, different or too wide in the repository. `steps` are those that would mend it. */
export const gitHubFindings = (
  wishes: Wishes,
  projects: readonly SeenProject[],
  seen: SeenRepository,
  steps: readonly GitHubStep[],
  bootstrap: string,
): readonly Finding[] => {
  const where = wishes.repository.name
  const wrong: Wrong = (id, what, effect, mend) => ({
    ...{ level: 'wrong', id, where, what, effect },
    ...(mend === undefined ? {} : { mend }),
  })
  return [
    ...uncheckedIn(seen, where),
    ...workflowFindings(wishes, wrong),
    ...steps.flatMap(step => missing(step, wishes, seen, bootstrap, wrong)),
    ...guardedEnvironments(wishes).flatMap(name => branchFindings(name, wishes, seen, wrong)),
    ...identityFindings(projects, seen, wrong),
    ...ownerFindings(wishes, seen, wrong),
    ...actionFindings(wishes, seen, wrong),
  ]
}

const missing = (
  step: GitHubStep,
  { repository }: Wishes,
  seen: SeenRepository,
  bootstrap: string,
  wrong: Wrong,
): readonly Finding[] => {
  switch (step.do) {
    case 'set-variable':
      return [
        wrong(
          'repository/variable',
          `the Actions variable ${step.name} ${step.exists ? 'has another value' : 'is missing'}`,
          'The workflow cannot sign in.',
          bootstrap,
        ),
      ]
    case 'set-environment':
      return environmentFindings(step, seen, bootstrap, wrong)
    case 'add-branch': {
      const environment = seen.environments[step.environment]
      const listed = environment !== undefined && Array.isArray(ifSeen(environment)?.branches)
      return listed
        ? [
            wrong(
              'environment/branch-missing',
              `the GitHub environment ${step.environment} does not let ${step.branch} deploy`,
              `${step.environment} cannot be applied.`,
              bootstrap,
            ),
          ]
        : []
    }
    case 'set-ruleset':
      return demands
        .filter(demand => !holdsForAll(demand, ifSeen(seen.rules)?.sources ?? []))
        .map(demand =>
          demandFinding(demand, repository.branch, ifSeen(seen.rules)?.sources ?? [], bootstrap, wrong),
        )
    default:
      return step satisfies never
  }
}

const uncheckedIn = (seen: SeenRepository, where: string): readonly Finding[] => {
  const looks: readonly (readonly [string, Seen<unknown>])[] = [
    ...Object.entries(seen.environments).map(
      ([name, one]) => [`the GitHub environment ${name}`, one] as const,
    ),
    ['Actions variables', seen.variables],
    ['rules of the default branch', seen.rules],
    ['branch protection of the default branch', seen.protection],
    ['CODEOWNERS', seen.codeOwners],
    [identitiesPath, seen.identities],
    ['what Actions may run', seen.actions],
  ]
  const unreadable = (ifSeen(seen.rules)?.sources ?? []).filter(({ bypass }) => bypass === undefined)
  const all = [
    ...looks,
    ...unreadable.map(
      ({ source }) =>
        [`who may bypass ${source}`, { state: 'unchecked', missing: 'administration: write' }] as const,
    ),
  ]
  return all.flatMap(([what, look]) =>
    look.state === 'unchecked'
      ? [
          {
            level: 'unchecked',
            id: 'repository/unchecked',
            where,
            what: `${what}: missing permission ${look.missing}`,
          } as const,
        ]
      : [],
  )
}
