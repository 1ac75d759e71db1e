import type { Handler } from '../answers.ts'
import { ApiError, failure, found, listed, ok } from '../answers.ts'
import { diffEntries } from '../diff.ts'
import { isAncestor } from '../git.ts'
import { user } from '../people.ts'
import { commitShape, commitsBetween, namedCommit } from '../shape-commit.ts'
import { pullShape, pullSimple } from '../shape-pull.ts'
import { nodeId, repoApi, repoHtml } from '../shape-repository.ts'
import type { Pull, State } from '../state.ts'

const one = (state: State, number: string | undefined): Pull => found(state.pulls.get(Number(number)))

const mergeBase = (state: State, pull: Pull): string =>
  state.git.attempt(['merge-base', pull.baseSha, pull.headSha]) ?? pull.baseSha

const list: Handler = (request, state) => {
  const { state: wanted = 'open', head, base, sort = 'created', direction = 'desc' } = request.query
  const all = [...state.pulls.values()]
    .filter(p => wanted === 'all' || p.state === wanted)
    .filter(p => head === undefined || head === `${p.headRepository.owner}:${p.headRef}`)
    .filter(p => base === undefined || base === p.baseRef)
    .sort(
      (a, b) =>
        (sort === 'updated' ? Date.parse(a.updatedAt) - Date.parse(b.updatedAt) : 0) || a.number - b.number,
    )
  return listed(direction === 'asc' ? all : all.reverse(), request, p => pullSimple(state, p))
}

const get: Handler = (request, state) => ok(pullShape(state, one(state, request.path.pull_number)))

/** At most 3,000 files. */
const files: Handler = (request, state) => {
  const pull = one(state, request.path.pull_number)
  return listed(diffEntries(state, mergeBase(state, pull), pull.headSha).slice(0, 3000), request, f => f)
}

/** At most 250 commits. */
const commits: Handler = (request, state) => {
  const pull = one(state, request.path.pull_number)
  const all = commitsBetween(state.git, mergeBase(state, pull), pull.headSha).slice(0, 250)
  return listed(all, request, sha => commitShape(state, sha))
}

const reviews: Handler = (request, state) => {
  const pull = one(state, request.path.pull_number)
  const api = `${repoApi(state.apiUrl, state.repository)}/pulls/${pull.number}`
  const html = `${repoHtml(state.repository)}/pull/${pull.number}`
  return listed(pull.reviews, request, review => ({
    id: review.id,
    node_id: nodeId('PRR', review.id),
    user: user(state.apiUrl, review.user),
    body: '',
    state: review.state,
    html_url: `${html}#pullrequestreview-${review.id}`,
    pull_request_url: api,
    author_association: 'MEMBER',
    _links: { html: { href: `${html}#pullrequestreview-${review.id}` }, pull_request: { href: api } },
    submitted_at: review.at,
    commit_id: review.commit,
  }))
}

const brings = (state: State, pull: Pull, sha: string): boolean =>
  pull.landed.includes(sha) || commitsBetween(state.git, mergeBase(state, pull), pull.headSha).includes(sha)

/** On the default branch: the merged pull requests that brought the commit; elsewhere merged and open ones. */
const ofCommit: Handler = (request, state) => {
  const ref = request.path.commit_sha ?? ''
  const sha = namedCommit(state, ref)
  if (sha === undefined) throw new ApiError(failure(422, `No commit found for SHA: ${ref}`))
  const onDefault = isAncestor(state.git, sha, `refs/heads/${state.repository.defaultBranch}`)
  const all = [...state.pulls.values()]
    .filter(p => p.mergedAt !== null || (!onDefault && p.state === 'open'))
    .filter(p => brings(state, p, sha))
  return listed(all, request, p => pullSimple(state, p))
}

/** Pull requests. */
export const pulls: Readonly<Record<string, Handler>> = {
  'pulls/list': list,
  'pulls/get': get,
  'pulls/list-files': files,
  'pulls/list-commits': commits,
  'pulls/list-reviews': reviews,
  'repos/list-pull-requests-associated-with-commit': ofCommit,
}
