import type { ApiRequest, Handler } from '../answers.ts'
import { failure, found, invalid, listed, ok } from '../answers.ts'
import type { Json, JsonObject } from '../json.ts'
import { isObject, text } from '../json.ts'
import { fullName, nodeId } from '../shape-repository.ts'
import type { Ruleset, State } from '../state.ts'

const isFor = (state: State, ruleset: Ruleset, branch: string): boolean =>
  ruleset.branches.some(
    pattern =>
      pattern === `refs/heads/${branch}` ||
      (pattern === '~DEFAULT_BRANCH' && branch === state.repository.defaultBranch),
  )

/** Rules in force on a branch, each with the ruleset that it is of. */
export const rulesOn = (state: State, branch: string): readonly JsonObject[] =>
  [...state.rulesets.values()]
    .filter(ruleset => ruleset.enforcement === 'active' && isFor(state, ruleset, branch))
    .flatMap(({ id, rules }) =>
      rules.map(rule => ({
        ...rule,
        ruleset_source_type: 'Repository',
        ruleset_source: fullName(state.repository),
        ruleset_id: id,
      })),
    )

const brief = (state: State, ruleset: Ruleset): JsonObject => ({
  id: ruleset.id,
  name: ruleset.name,
  target: 'branch',
  source_type: 'Repository',
  source: fullName(state.repository),
  enforcement: ruleset.enforcement,
  node_id: nodeId('RRS', ruleset.id),
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
})

/** Who may bypass it is only told to who may change it. */
const whole = (state: State, ruleset: Ruleset, { isAdmin }: Pick<ApiRequest, 'isAdmin'>): JsonObject => ({
  ...brief(state, ruleset),
  ...(isAdmin && { bypass_actors: ruleset.bypassActors }),
  current_user_can_bypass: 'never',
  conditions: { ref_name: { include: ruleset.branches, exclude: [] } },
  rules: ruleset.rules,
})

const objects = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : []

const include = (body: JsonObject): readonly string[] => {
  const { conditions } = body
  const names = isObject(conditions) && isObject(conditions.ref_name) ? conditions.ref_name.include : []
  return Array.isArray(names) ? names.map(String) : []
}

const made = (id: number, body: JsonObject): Ruleset => ({
  id,
  name: text(body, 'name') ?? '',
  enforcement: text(body, 'enforcement') as Ruleset['enforcement'],
  branches: include(body),
  bypassActors: objects(body.bypass_actors),
  rules: objects(body.rules),
})

const bodyOf = ({ body }: ApiRequest): JsonObject => (isObject(body) ? body : {})

const list: Handler = (request, state) =>
  listed([...state.rulesets.values()], request, ruleset => brief(state, ruleset))

const one = (request: ApiRequest, state: State): Ruleset =>
  found(state.rulesets.get(Number(request.path.ruleset_id)))

const get: Handler = (request, state) => ok(whole(state, one(request, state), request))

const create: Handler = (request, state) => {
  const ruleset = made(state.nextId(), bodyOf(request))
  if ([...state.rulesets.values()].some(({ name }) => name === ruleset.name))
    throw invalid('Ruleset', 'name', 'Name must be unique')
  state.rulesets.set(ruleset.id, ruleset)
  return { status: 201, body: whole(state, ruleset, request) }
}

const update: Handler = (request, state) => {
  const { id } = one(request, state)
  const ruleset = made(id, bodyOf(request))
  state.rulesets.set(id, ruleset)
  return ok(whole(state, ruleset, request))
}

/** 404 where the older kind of protection does not hold; GitHub says so in the message. */
const protection: Handler = (request, state) => {
  const one = state.protections.get(request.path.branch ?? '')
  return one === undefined ? failure(404, 'Branch not protected') : ok(one)
}

/** Rulesets, and branch protection of the older kind. */
export const rulesets: Readonly<Record<string, Handler>> = {
  'repos/get-repo-rulesets': list,
  'repos/get-repo-ruleset': get,
  'repos/create-repo-ruleset': create,
  'repos/update-repo-ruleset': update,
  'repos/get-branch-protection': protection,
}
