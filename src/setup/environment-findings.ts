import type { Finding, Wrong } from './finding.ts'
import { ifSeen, type SeenEnvironment, type SeenRepository } from './seen.ts'
import { commandLine } from './shell.ts'
import type { GitHubStep } from './steps.ts'
import type { Wishes } from './wishes.ts'

/** What is wrong with a GitHub environment that a step would mend. */
export const environmentFindings = (
  { name, exists, reviewers, protectedOnly }: Extract<GitHubStep, { do: 'set-environment' }>,
  { environments }: SeenRepository,
  bootstrap: string,
  wrong: Wrong,
): readonly Finding[] => {
  const mend = `${bootstrap}${reviewers.length === 0 ? ' --reviewer USER' : ''}`
  if (!exists)
    return [
      wrong(
        'environment/missing',
        `there is no GitHub environment ${name}`,
        `${name} is not applied; a job that names it would get one that is open to every branch.`,
        mend,
      ),
    ]
  const found = environments[name]
  const value = found === undefined ? undefined : ifSeen(found)
  const open = value === undefined || protectedOnly ? undefined : openWords(value.branches)
  return [
    ...(value?.reviewers.length === 0
      ? [
          wrong(
            'environment/no-reviewers',
            `the GitHub environment ${name} has no reviewers`,
            `Whoever can merge applies ${name}, without another approval.`,
            mend,
          ),
        ]
      : []),
    ...(open === undefined
      ? []
      : [
          wrong(
            'environment/all-branches',
            `the GitHub environment ${name} lets ${open} deploy`,
            `A job of any branch can be in ${name}, and ask for its secrets.`,
            mend,
          ),
        ]),
  ]
}

/** `protected_branches` means every branch while branch protection protects none (docs.github.com, deployment environments). */
const openWords = (branches: SeenEnvironment['branches']): string | undefined => {
  if (branches === 'all') return 'every branch'
  return branches === 'protected'
    ? 'protected branches, and branch protection protects none (rulesets do not count there): that is every branch'
    : undefined
}

/** Branches besides the default one that may deploy. */
export const branchFindings = (
  name: string,
  { repository }: Wishes,
  { environments }: SeenRepository,
  wrong: Wrong,
): readonly Finding[] => {
  const found = environments[name]
  const branches = found === undefined ? undefined : ifSeen(found)?.branches
  if (branches === undefined || branches === 'all' || branches === 'protected') return []
  return branches
    .filter(branch => branch.name !== repository.branch)
    .map(branch =>
      wrong(
        'environment/other-branch',
        `the GitHub environment ${name} lets ${branch.type} ${branch.name} deploy`,
        `A job of ${branch.name} can be in ${name}, and ask for its secrets.`,
        commandLine([
          'gh',
          'api',
          '--method',
          'DELETE',
          `repos/${repository.name}/environments/${name}/deployment-branch-policies/${branch.id}`,
        ]),
      ),
    )
}
