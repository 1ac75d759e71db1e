import type { Handler } from '../answers.ts'
import { failure, found, listed, ok } from '../answers.ts'
import { personId, user } from '../people.ts'
import { commitShape, namedCommit } from '../shape-commit.ts'
import { fullName, fullRepository, repoApi, repoHtml } from '../shape-repository.ts'
import type { Role, State } from '../state.ts'
import { rulesOn } from './rulesets.ts'

const get: Handler = (_, state) => ok(fullRepository(state.apiUrl, state.repository))

const branch: Handler = (request, state) => {
  const name = request.path.branch ?? ''
  const sha = found(state.git.attempt(['rev-parse', '--verify', '--quiet', `refs/heads/${name}`]))
  const self = `${repoApi(state.apiUrl, state.repository)}/branches/${encodeURIComponent(name)}`
  const isProtected = (state.rules.get(name) ?? []).length > 0
  return ok({
    name,
    commit: commitShape(state, sha),
    _links: { self, html: `${repoHtml(state.repository)}/tree/${name}` },
    protected: isProtected,
    protection: { enabled: isProtected },
    protection_url: `${self}/protection`,
  })
}

const rules: Handler = (request, state) => {
  const name = request.path.branch ?? ''
  return listed([...(state.rules.get(name) ?? []), ...rulesOn(state, name)], request, r => r)
}

/** `permission` folds maintain into write and triage into read; `role_name` is exact. */
const FOLDED = { admin: 'admin', maintain: 'write', write: 'write', triage: 'read', read: 'read' } as const
const ORDER: readonly Role[] = ['read', 'triage', 'write', 'maintain', 'admin']

const permission: Handler = (request, state) => {
  const login = request.path.username ?? ''
  const role = state.collaborators.get(login)
  const fallback = state.repository.private ? 'none' : 'read'
  const atLeast = (wanted: Role): boolean =>
    role !== undefined && ORDER.indexOf(role) >= ORDER.indexOf(wanted)
  const permissions = {
    admin: atLeast('admin'),
    maintain: atLeast('maintain'),
    push: atLeast('write'),
    triage: atLeast('triage'),
    pull: atLeast('read') || !state.repository.private,
  }
  const role_name = role ?? fallback
  return ok({
    permission: role === undefined ? fallback : FOLDED[role],
    role_name,
    user: { ...user(state.apiUrl, login), id: personId(login), permissions, role_name },
  })
}

const CODEOWNERS = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS']

/** 404 when the ref has no CODEOWNERS file. */
const codeowners: Handler = (request, state) => {
  const sha = found(namedCommit(state, request.query.ref ?? state.repository.defaultBranch))
  found(CODEOWNERS.find(path => state.git.attempt(['cat-file', '-e', `${sha}:${path}`]) !== undefined))
  return ok({ errors: state.codeownersErrors })
}

/** New repositories have the immutable form of the subject. */
export const subjectPrefix = (state: State): string => {
  const { owner, ownerId, name, id } = state.repository
  return `repo:${owner}@${ownerId}/${name}@${id}`
}

const oidc: Handler = (_, state) =>
  ok({ use_default: true, use_immutable_subject: true, sub_claim_prefix: subjectPrefix(state) })

/** The answer to a repository that the fake does not hold. */
export const isOurs = (state: State, owner: string | undefined, repo: string | undefined): boolean =>
  `${owner}/${repo}`.toLowerCase() === fullName(state.repository).toLowerCase()

/** What GitHub says to a request without a valid token. */
export const badCredentials = failure(401, 'Bad credentials')

/** The repository and who may do what in it. */
export const repository: Readonly<Record<string, Handler>> = {
  'repos/get': get,
  'repos/get-branch': branch,
  'repos/get-branch-rules': rules,
  'repos/get-collaborator-permission-level': permission,
  'repos/codeowners-errors': codeowners,
  'actions/get-custom-oidc-sub-claim-for-repo': oidc,
}
