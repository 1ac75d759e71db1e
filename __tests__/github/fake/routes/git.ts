import type { Handler } from '../answers.ts'
import { found, ok } from '../answers.ts'
import type { JsonObject } from '../json.ts'
import { gitCommitShape, namedCommit } from '../shape-commit.ts'
import { nodeId, repoApi } from '../shape-repository.ts'
import type { State } from '../state.ts'

const isSha = (value: string | undefined): value is string => /^[0-9a-f]{40}$/.test(value ?? '')

const treeSha = (state: State, name: string): string | undefined => {
  const commit = namedCommit(state, name)
  const start = commit ?? (isSha(name) ? name : undefined)
  return start && state.git.attempt(['rev-parse', '--verify', '--quiet', `${start}^{tree}`])
}

const treeEntry = (state: State, line: string): JsonObject => {
  const [meta = '', path = ''] = line.split('\t')
  const [mode = '', type = '', sha = '', size = ''] = meta.split(/ +/)
  const plural = type === 'tree' ? 'trees' : type === 'commit' ? 'commits' : 'blobs'
  const url = `${repoApi(state.apiUrl, state.repository)}/git/${plural}/${sha}`
  return {
    path,
    mode,
    type,
    sha,
    ...(type === 'blob' && { size: Number(size) }),
    ...(type !== 'commit' && { url }),
  }
}

/** `recursive` counts with any value, "0" and "false" included. */
const tree: Handler = (request, state) => {
  const sha = found(treeSha(state, request.path.tree_sha ?? ''))
  const recursive = request.query.recursive === undefined ? [] : ['-r', '-t']
  const lines = state.git
    .run(['ls-tree', '-z', '-l', ...recursive, sha])
    .split('\0')
    .filter(Boolean)
  const limit = state.limits.treeEntries
  const url = `${repoApi(state.apiUrl, state.repository)}/git/trees/${sha}`
  const entries = lines.slice(0, limit).map(line => treeEntry(state, line))
  return ok({ sha, url, tree: entries, truncated: lines.length > limit })
}

/** Base64 in lines of 60, as GitHub breaks them. */
export const base64Lines = (bytes: Buffer): string => bytes.toString('base64').replace(/.{1,60}/g, '$&\n')

const blob: Handler = (request, state) => {
  const sha = request.path.file_sha
  const isBlob = isSha(sha) && state.git.attempt(['cat-file', '-t', sha]) === 'blob'
  const name = found(isBlob ? sha : undefined)
  const bytes = state.git.bytes(['cat-file', 'blob', name])
  if (/application\/vnd\.github(\.v3)?\.raw/.test(request.accept)) return { status: 200, raw: bytes }
  const url = `${repoApi(state.apiUrl, state.repository)}/git/blobs/${name}`
  return ok({
    sha: name,
    node_id: nodeId('B', name),
    size: bytes.length,
    url,
    content: base64Lines(bytes),
    encoding: 'base64',
  })
}

const commit: Handler = (request, state) => {
  const sha = request.path.commit_sha
  return ok(gitCommitShape(state, found(isSha(sha) ? namedCommit(state, sha) : undefined)))
}

const refShape = (state: State, line: string): JsonObject => {
  const [ref = '', type = '', sha = ''] = line.split(' ')
  const api = repoApi(state.apiUrl, state.repository)
  const url = `${api}/git/${type}s/${sha}`
  return { ref, node_id: nodeId('REF', ref), url: `${api}/git/${ref}`, object: { sha, type, url } }
}

const refsUnder = (state: State, prefix: string): readonly string[] =>
  state.git
    .run(['for-each-ref', '--format=%(refname) %(objecttype) %(objectname)'])
    .split('\n')
    .filter(line => line.startsWith(`refs/${prefix}`))

const ref: Handler = (request, state) => {
  const wanted = `${request.path.ref ?? ''} `
  return ok(refShape(state, found(refsUnder(state, wanted)[0])))
}

/** Not paginated. */
const matchingRefs: Handler = (request, state) =>
  ok(refsUnder(state, request.path.ref ?? '').map(line => refShape(state, line)))

/** The git database. */
export const gitDatabase: Readonly<Record<string, Handler>> = {
  'git/get-tree': tree,
  'git/get-blob': blob,
  'git/get-commit': commit,
  'git/get-ref': ref,
  'git/list-matching-refs': matchingRefs,
}
