import type { Finding, Wrong } from './finding.ts'
import { ifSeen, type SeenActions, type SeenRepository } from './seen.ts'
import { commandLine } from './shell.ts'
import { workflowOf } from './trust.ts'
import type { Wishes } from './wishes.ts'

/** What workflows of the repository may do, and may not. */
export const actionFindings = (
  wishes: Wishes,
  { actions }: SeenRepository,
  wrong: Wrong,
): readonly Finding[] => {
  const found = ifSeen(actions)
  if (found === undefined) return []
  const { name } = wishes.repository
  const repo = `repos/${name}/actions/permissions`
  const blocked = blockedActions(wishes, found.allowed)
  return [
    ...(found.enabled
      ? []
      : [
          wrong(
            'actions/disabled',
            'GitHub Actions is switched off',
            'Nothing is planned or applied.',
            `gh api --method PUT ${repo} -F enabled=true`,
          ),
        ]),
    ...(found.enabled && blocked.length > 0
      ? [
          wrong(
            'actions/not-allowed',
            `the repository does not allow ${blocked.join(', ')}`,
            'The workflow cannot start.',
            allowCommand(repo, found.allowed, blocked),
          ),
        ]
      : []),
    ...(found.approves
      ? [
          {
            ...wrong(
              'actions/approves',
              'workflows may approve pull requests',
              'A workflow of a branch can approve its own pull request, though not as a code owner.',
              `gh api --method PUT ${repo}/workflow -F can_approve_pull_request_reviews=false`,
            ),
            level: 'note' as const,
          },
        ]
      : []),
  ]
}

/** Sets which actions may run: what may already, and `more`. What the call leaves out would be reset. */
const allowCommand = (repo: string, allowed: SeenActions['allowed'], more: readonly string[]): string => {
  const { patterns = [], gitHubOwned = false, verified = false } = allowed ?? {}
  const all = [...patterns, ...more.map(one => `${one}@*`)]
  const select = [
    'gh',
    'api',
    '--method',
    'PUT',
    repo,
    '-F',
    'enabled=true',
    '-f',
    'allowed_actions=selected',
  ]
  const list = commandLine(
    ['gh', 'api', '--method', 'PUT', `${repo}/selected-actions`],
    ['-F', `github_owned_allowed=${gitHubOwned}`, '-F', `verified_allowed=${verified}`],
    ...all.map(one => ['-f', `patterns_allowed[]=${one}`]),
  )
  return `${commandLine(select)} && ${list}`
}

/** Actions that the workflows run, by whom the repository's setting may allow them. */
const blockedActions = (
  { engine, repository }: Wishes,
  allowed: SeenActions['allowed'],
): readonly string[] => {
  if (allowed === undefined || engine === undefined) return []
  const own = workflowOf(engine).split('/').slice(0, 2).join('/')
  const wanted = [
    ...(own === repository.name ? [] : [own]),
    ...(allowed.verified ? [] : ['google-github-actions/auth']),
    ...(allowed.gitHubOwned ? [] : ['actions/upload-artifact', 'actions/download-artifact']),
  ]
  const matchers = allowed.patterns.map(
    pattern => new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\?]/g, '\\$&').replaceAll('*', '.*')}$`),
  )
  return wanted.filter(one => !matchers.some(matcher => matcher.test(`${one}@x`)))
}
