import type { Answer, Handler } from '../answers.ts'
import { found, invalid, listed, ok } from '../answers.ts'
import type { JsonObject } from '../json.ts'
import { text } from '../json.ts'
import { user } from '../people.ts'
import { nodeId, repoApi, repoHtml } from '../shape-repository.ts'
import type { Comment, State } from '../state.ts'

/** GitHub refuses longer bodies ("maximum is 65536 characters"). */
const MAX_BODY = 65_536

const shape = (state: State, comment: Comment): JsonObject => {
  const api = repoApi(state.apiUrl, state.repository)
  const url = `${api}/issues/comments/${comment.id}`
  return {
    url,
    html_url: `${repoHtml(state.repository)}/pull/${comment.pull}#issuecomment-${comment.id}`,
    issue_url: `${api}/issues/${comment.pull}`,
    id: comment.id,
    node_id: nodeId('IC', comment.id),
    user: user(state.apiUrl, comment.user),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    body: comment.body,
    author_association: comment.user.endsWith('[bot]') ? 'CONTRIBUTOR' : 'MEMBER',
    performed_via_github_app: null,
  }
}

const bodyOf = (body: Parameters<typeof text>[0]): string => {
  const value = text(body, 'body') ?? ''
  if (value.trim() === '') throw invalid('IssueComment', 'data', "Body can't be blank", 'unprocessable')
  if (value.length > MAX_BODY) {
    throw invalid(
      'IssueComment',
      'data',
      `Body is too long (maximum is ${MAX_BODY} characters)`,
      'unprocessable',
    )
  }
  return value
}

const list: Handler = (request, state) => {
  const number = Number(request.path.issue_number)
  found(state.pulls.get(number))
  const since = Date.parse(request.query.since ?? '1970-01-01T00:00:00Z')
  const all = [...state.comments.values()]
    .filter(c => c.pull === number && Date.parse(c.updatedAt) >= since)
    .sort((a, b) => a.id - b.id)
  return listed(all, request, c => shape(state, c))
}

const create: Handler = (request, state): Answer => {
  const pull = found(state.pulls.get(Number(request.path.issue_number)))
  const at = state.now()
  const comment: Comment = {
    id: state.nextId(),
    pull: pull.number,
    user: request.login,
    body: bodyOf(request.body),
    createdAt: at,
    updatedAt: at,
    minimized: null,
  }
  state.comments.set(comment.id, comment)
  const body = shape(state, comment)
  return { status: 201, body, headers: { location: text(body, 'url') ?? '' } }
}

const one = (state: State, id: string | undefined): Comment => found(state.comments.get(Number(id)))

const get: Handler = (request, state) => ok(shape(state, one(state, request.path.comment_id)))

const update: Handler = (request, state) => {
  const comment = one(state, request.path.comment_id)
  const changed = { ...comment, body: bodyOf(request.body), updatedAt: state.now() }
  state.comments.set(comment.id, changed)
  return ok(shape(state, changed))
}

const remove: Handler = (request, state) => {
  state.comments.delete(one(state, request.path.comment_id).id)
  return { status: 204 }
}

/** GraphQL `minimizeComment`, the only mutation that the fake knows. */
export const minimize = (body: unknown, state: State): Answer => {
  const json = JSON.stringify(body ?? null)
  const comment = [...state.comments.values()].find(c => json.includes(nodeId('IC', c.id)))
  const classifier = /\b(ABUSE|DUPLICATE|OFF_TOPIC|OUTDATED|RESOLVED|SPAM)\b/.exec(json)?.[1]
  if (!json.includes('minimizeComment') || comment === undefined || classifier === undefined) {
    const message = 'Could not resolve to a node with the global id given.'
    return ok({
      data: { minimizeComment: null },
      errors: [{ type: 'NOT_FOUND', path: ['minimizeComment'], message }],
    })
  }
  state.comments.set(comment.id, { ...comment, minimized: classifier })
  const minimizedComment = { isMinimized: true, minimizedReason: classifier.toLowerCase() }
  return ok({ data: { minimizeComment: { minimizedComment } } })
}

/** Issue comments of pull requests. */
export const comments: Readonly<Record<string, Handler>> = {
  'issues/list-comments': list,
  'issues/create-comment': create,
  'issues/get-comment': get,
  'issues/update-comment': update,
  'issues/delete-comment': remove,
}
