import type { Handler } from '../answers.ts'
import { ApiError, failure, found, listed, notFound, ok, paginate } from '../answers.ts'
import { diffEntries } from '../diff.ts'
import type { Json } from '../json.ts'
import { isObject } from '../json.ts'
import { commitShape, commitsBetween, namedCommit, readCommit } from '../shape-commit.ts'
import { repoApi, repoHtml } from '../shape-repository.ts'

const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'

const list: Handler = (request, state) => {
  const { sha = state.repository.defaultBranch, path, since, until } = request.query
  const head = found(namedCommit(state, sha))
  const dates = [...(since ? [`--since=${since}`] : []), ...(until ? [`--until=${until}`] : [])]
  const shas = state.git.run(['rev-list', ...dates, head, '--', ...(path ? [path] : [])])
  return listed(shas.split('\n').filter(Boolean), request, one => commitShape(state, one))
}

/** Files come in pages of 300, at most 3,000. */
const get: Handler = (request, state) => {
  const ref = request.path.ref ?? ''
  const sha = namedCommit(state, ref)
  if (sha === undefined) throw new ApiError(failure(422, `No commit found for SHA: ${ref}`))
  if (request.accept.includes('application/vnd.github.sha')) return { status: 200, raw: sha }
  const parent = readCommit(state.git, sha).parents[0] ?? EMPTY_TREE
  const files = diffEntries(state, parent, sha).slice(0, 3000)
  const sum = (key: string): number =>
    files.filter(isObject).reduce((total, file) => total + Number(file[key] ?? 0), 0)
  const stats = { total: sum('changes'), additions: sum('additions'), deletions: sum('deletions') }
  const page = Number(request.query.page ?? 1)
  const shown: readonly Json[] = files.slice((page - 1) * 300, page * 300)
  return ok({ ...commitShape(state, sha), stats, files: shown })
}

const count = (value: string): number => Number(value.trim())

/** Three-dot: from the merge base. At most 300 files, and only on the first page. */
const compare: Handler = (request, state) => {
  const [from = '', to = ''] = (request.path.basehead ?? '').split('...')
  const base = namedCommit(state, from)
  const head = namedCommit(state, to)
  if (base === undefined || head === undefined) throw notFound()
  const mergeBase = state.git.attempt(['merge-base', base, head])
  if (mergeBase === undefined)
    throw new ApiError(failure(404, `No common ancestor between ${from} and ${to}.`))
  const ahead = commitsBetween(state.git, base, head)
  const behind = count(state.git.run(['rev-list', '--count', `${head}..${base}`]))
  const paged = request.query.page !== undefined || request.query.per_page !== undefined
  const page = paged ? paginate(ahead, request) : { items: ahead.slice(-250), headers: {} }
  const first = (request.query.page ?? '1') === '1'
  const ahead_by = ahead.length
  const apart = ahead_by > 0 && behind > 0 ? 'diverged' : behind > 0 ? 'behind' : 'identical'
  const html = `${repoHtml(state.repository)}/compare/${from}...${to}`
  const body = {
    url: `${repoApi(state.apiUrl, state.repository)}/compare/${from}...${to}`,
    html_url: html,
    permalink_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: commitShape(state, base),
    merge_base_commit: commitShape(state, mergeBase),
    status: ahead_by > 0 && behind === 0 ? 'ahead' : apart,
    ahead_by,
    behind_by: behind,
    total_commits: ahead_by,
    commits: page.items.map(sha => commitShape(state, sha)),
    files: first ? diffEntries(state, mergeBase, head).slice(0, 300) : [],
  }
  return { status: 200, body, headers: page.headers }
}

/** Commits and comparisons. */
export const commits: Readonly<Record<string, Handler>> = {
  'repos/list-commits': list,
  'repos/get-commit': get,
  'repos/compare-commits-with-basehead': compare,
}
