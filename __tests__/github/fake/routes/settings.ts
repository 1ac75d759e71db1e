import type { Handler } from '../answers.ts'
import { counted, failure, found, ok } from '../answers.ts'
import { text } from '../json.ts'

const list: Handler = (request, state) =>
  counted('variables', [...state.variables], request, ([name, value]) => ({
    name,
    value,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
  }))

/** Names do not care for case. */
const create: Handler = (request, state) => {
  const name = (text(request.body, 'name') ?? '').toUpperCase()
  if (state.variables.has(name)) return failure(409, 'Already exists - Variable already exists')
  state.variables.set(name, text(request.body, 'value') ?? '')
  return { status: 201, body: {} }
}

const update: Handler = (request, state) => {
  const name = (request.path.name ?? '').toUpperCase()
  found(state.variables.get(name))
  state.variables.set(name, text(request.body, 'value') ?? '')
  return { status: 204 }
}

const permissions: Handler = (_, { actions, apiUrl }) =>
  ok({
    enabled: actions.enabled,
    ...(actions.enabled && { allowed_actions: actions.allowed }),
    ...(actions.allowed === 'selected' && { selected_actions_url: `${apiUrl}/selected-actions` }),
  })

/** 409 where the setting is not to select. */
const selected: Handler = (_, { actions }) =>
  actions.allowed === 'selected'
    ? ok({
        github_owned_allowed: actions.gitHubOwned,
        verified_allowed: actions.verified,
        patterns_allowed: actions.patterns,
      })
    : failure(409, 'Conflict')

const workflow: Handler = (_, { actions }) =>
  ok({ default_workflow_permissions: 'read', can_approve_pull_request_reviews: actions.approves })

/** Actions variables, and what Actions may do. */
export const settings: Readonly<Record<string, Handler>> = {
  'actions/list-repo-variables': list,
  'actions/create-repo-variable': create,
  'actions/update-repo-variable': update,
  'actions/get-github-actions-permissions-repository': permissions,
  'actions/get-allowed-actions-repository': selected,
  'actions/get-github-actions-default-workflow-permissions-repository': workflow,
}
