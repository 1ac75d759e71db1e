import type { Answer } from './answers.ts'
import { failure } from './answers.ts'

/** Permission names as a workflow writes them. */
export type Permission =
  | 'actions'
  | 'administration'
  | 'contents'
  | 'deployments'
  | 'id-token'
  | 'issues'
  | 'pull-requests'
  | 'variables'

/** What a token may do; what is left out it may not. */
export type Permissions = { readonly [name in Permission]?: 'read' | 'write' }

type Need = readonly [Permission, 'read' | 'write']

const NEEDS: readonly (readonly [prefix: string, ...anyOf: readonly Need[]])[] = [
  ['issues/list', ['issues', 'read'], ['pull-requests', 'read']],
  ['issues/get', ['issues', 'read'], ['pull-requests', 'read']],
  ['issues/', ['issues', 'write'], ['pull-requests', 'write']],
  ['pulls/', ['pull-requests', 'read']],
  ['repos/list-pull-requests-associated', ['pull-requests', 'read']],
  ['git/', ['contents', 'read']],
  ['repos/get-content', ['contents', 'read']],
  ['repos/get-commit', ['contents', 'read']],
  ['repos/list-commits', ['contents', 'read']],
  ['repos/compare', ['contents', 'read']],
  ['repos/codeowners', ['contents', 'read']],
  ['repos/get-branch-rules'],
  ['repos/get-branch-protection', ['administration', 'read']],
  ['repos/get-branch', ['contents', 'read']],
  ['repos/create-deployment-branch', ['administration', 'write']],
  ['repos/create-or-update-environment', ['administration', 'write']],
  ['repos/create-deployment', ['deployments', 'write']],
  ['repos/list-deployment-branch', ['actions', 'read']],
  ['repos/list-deployment', ['deployments', 'read']],
  ['repos/get-deployment', ['deployments', 'read']],
  ['repos/get-environment', ['actions', 'read']],
  ['repos/get-all-environments', ['actions', 'read']],
  ['repos/delete-deployment-branch', ['administration', 'write']],
  ['repos/create-repo-ruleset', ['administration', 'write']],
  ['repos/update-repo-ruleset', ['administration', 'write']],
  ['actions/list-repo-variables', ['variables', 'read']],
  ['actions/create-repo-variable', ['variables', 'write']],
  ['actions/update-repo-variable', ['variables', 'write']],
  ['actions/get-github-actions', ['administration', 'read']],
  ['actions/get-allowed-actions', ['administration', 'read']],
  ['actions/', ['actions', 'read']],
  ['users/'],
  ['teams/'],
  ['repos/get-collaborator'],
  ['repos/get'],
  ['graphql', ['issues', 'write'], ['pull-requests', 'write']],
]

/** Operations without a named permission need `metadata: read`, which every token has. */
const needsOf = (operation: string): readonly Need[] => {
  const row = NEEDS.find(([prefix]) => operation.startsWith(prefix))
  if (row === undefined)
    throw new Error(`The fake does not know the permission of ${operation}; add it to NEEDS.`)
  const [, ...anyOf] = row
  return anyOf
}

const LEVEL = { read: 1, write: 2 } as const

/** In a public repository everybody may read what these permissions guard, but for its settings. */
const isOpen = ([name, level]: Need, isPublic: boolean): boolean =>
  isPublic && level === 'read' && name !== 'administration' && name !== 'variables'

/** 403 if the token may not call the operation; the header says what would do, as GitHub's does. */
export const refusal = (operation: string, granted: Permissions, isPublic: boolean): Answer | undefined => {
  const needs = needsOf(operation)
  const has = ([name, level]: Need): boolean => {
    const own = granted[name]
    return own !== undefined && LEVEL[own] >= LEVEL[level]
  }
  if (needs.length === 0 || needs.some(need => has(need) || isOpen(need, isPublic))) return undefined
  const accepted = needs.map(([name, level]) => `${name.replaceAll('-', '_')}=${level}`).join('; ')
  return {
    ...failure(403, 'Resource not accessible by integration'),
    headers: { 'x-accepted-github-permissions': accepted },
  }
}

/** What GitHub leaves of a workflow's permissions for a pull request from a fork or of Dependabot. */
export const readOnly = (granted: Permissions): Permissions =>
  Object.fromEntries(
    Object.keys(granted)
      .filter(name => name !== 'id-token')
      .map(name => [name, 'read']),
  )
