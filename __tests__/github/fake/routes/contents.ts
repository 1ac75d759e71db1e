import type { Handler } from '../answers.ts'
import { found, ok } from '../answers.ts'
import type { JsonObject } from '../json.ts'
import { namedCommit } from '../shape-commit.ts'
import { fullName, repoApi, repoHtml } from '../shape-repository.ts'
import type { State } from '../state.ts'
import { base64Lines } from './git.ts'

/** Larger files come without content (above 100 MB not at all). */
const INLINE_LIMIT = 1024 * 1024
/** A directory shows at most this many entries. */
const MAX_ENTRIES = 1000

interface Entry {
  readonly mode: string
  readonly type: string
  readonly sha: string
  readonly size: number
  readonly path: string
}

const entries = (state: State, commit: string, path: string): readonly Entry[] =>
  state.git
    .run(['ls-tree', '-z', '-l', commit, '--', path])
    .split('\0')
    .filter(Boolean)
    .map(line => {
      const [meta = '', name = ''] = line.split('\t')
      const [mode = '', type = '', sha = '', size = '0'] = meta.split(/ +/)
      return { mode, type, sha, size: Number(size) || 0, path: name }
    })

const kindOf = (entry: Entry): string => {
  if (entry.type === 'tree') return 'dir'
  if (entry.type === 'commit') return 'submodule'
  return entry.mode === '120000' ? 'symlink' : 'file'
}

const describe = (state: State, entry: Entry, ref: string): JsonObject => {
  const kind = kindOf(entry)
  const encoded = encodeURI(entry.path)
  const api = repoApi(state.apiUrl, state.repository)
  const self = `${api}/contents/${encoded}?ref=${ref}`
  const git = `${api}/git/${kind === 'dir' ? 'trees' : 'blobs'}/${entry.sha}`
  const html = `${repoHtml(state.repository)}/${kind === 'dir' ? 'tree' : 'blob'}/${ref}/${encoded}`
  const raw = `https://raw.githubusercontent.com/${fullName(state.repository)}/${ref}/${encoded}`
  return {
    name: entry.path.split('/').at(-1) ?? '',
    path: entry.path,
    sha: entry.sha,
    size: entry.size,
    url: self,
    html_url: html,
    git_url: git,
    download_url: kind === 'file' || kind === 'symlink' ? raw : null,
    type: kind,
    _links: { self, git, html },
  }
}

const content = (state: State, entry: Entry): JsonObject => {
  const bytes = state.git.bytes(['cat-file', 'blob', entry.sha])
  if (kindOf(entry) === 'symlink') return { target: bytes.toString('utf8') }
  if (bytes.length > INLINE_LIMIT) return { encoding: 'none', content: '' }
  return { encoding: 'base64', content: base64Lines(bytes) }
}

const get: Handler = (request, state) => {
  const ref = request.query.ref ?? state.repository.defaultBranch
  const commit = found(namedCommit(state, ref))
  const path = (request.path.path ?? '').replace(/\/+$/, '')
  const entry = path === '' ? undefined : found(entries(state, commit, path)[0])
  if (entry === undefined || entry.type === 'tree') {
    const inside = entries(state, commit, path === '' ? '.' : `${path}/`)
    return ok(inside.slice(0, MAX_ENTRIES).map(one => describe(state, one, ref)))
  }
  if (entry.type === 'blob' && /application\/vnd\.github(\.v3)?\.raw/.test(request.accept)) {
    return { status: 200, raw: state.git.bytes(['cat-file', 'blob', entry.sha]) }
  }
  if (entry.type === 'commit')
    return ok({ ...describe(state, entry, ref), submodule_git_url: 'https://github.com/acme/other' })
  return ok({ ...describe(state, entry, ref), ...content(state, entry) })
}

/** Files and directories of a commit. */
export const contents: Readonly<Record<string, Handler>> = { 'repos/get-content': get }
