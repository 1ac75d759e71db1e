import type { Git } from './git.ts'
import { resolveCommit } from './git.ts'
import type { JsonObject } from './json.ts'
import { user } from './people.ts'
import { nodeId, repoApi, repoHtml } from './shape-repository.ts'
import type { State } from './state.ts'

/** What git knows of a commit. */
export interface CommitFacts {
  readonly sha: string
  readonly tree: string
  readonly parents: readonly string[]
  readonly author: Signature
  readonly committer: Signature
  readonly message: string
}

interface Signature {
  readonly name: string
  readonly email: string
  readonly date: string
}

const FORMAT = ['%H', '%T', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'].join('%x00')
const zulu = (date: string): string => new Date(date).toISOString().replace(/\.\d+Z$/, 'Z')

/** Reads a commit that is known to exist. */
export const readCommit = (git: Git, sha: string): CommitFacts => {
  const [
    hash = '',
    tree = '',
    parents = '',
    an = '',
    ae = '',
    ad = '',
    cn = '',
    ce = '',
    cd = '',
    body = '',
  ] = git.run(['show', '--no-patch', `--format=${FORMAT}`, sha]).split('\0')
  return {
    sha: hash,
    tree,
    parents: parents.split(' ').filter(Boolean),
    author: { name: an, email: ae, date: zulu(ad) },
    committer: { name: cn, email: ce, date: zulu(cd) },
    message: body.trimEnd(),
  }
}

const UNSIGNED = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null }

/** GitHub finds the account by the commit's e-mail address; the scenarios write `login@users.noreply.github.com`. */
const account = (state: State, signature: Signature): JsonObject | null =>
  signature.email.endsWith('@users.noreply.github.com') ? user(state.apiUrl, signature.name) : null

/** GitHub's `commit`, without files. */
export const commitShape = (state: State, sha: string): JsonObject => {
  const facts = readCommit(state.git, sha)
  const api = repoApi(state.apiUrl, state.repository)
  const html = repoHtml(state.repository)
  return {
    sha,
    node_id: nodeId('C', sha),
    commit: {
      author: { ...facts.author },
      committer: { ...facts.committer },
      message: facts.message,
      tree: { sha: facts.tree, url: `${api}/git/trees/${facts.tree}` },
      url: `${api}/git/commits/${sha}`,
      comment_count: 0,
      verification: UNSIGNED,
    },
    url: `${api}/commits/${sha}`,
    html_url: `${html}/commit/${sha}`,
    comments_url: `${api}/commits/${sha}/comments`,
    author: account(state, facts.author),
    committer: account(state, facts.committer),
    parents: facts.parents.map(p => ({
      sha: p,
      url: `${api}/commits/${p}`,
      html_url: `${html}/commit/${p}`,
    })),
  }
}

/** GitHub's `git-commit`. */
export const gitCommitShape = (state: State, sha: string): JsonObject => {
  const facts = readCommit(state.git, sha)
  const api = repoApi(state.apiUrl, state.repository)
  const html = repoHtml(state.repository)
  return {
    sha,
    node_id: nodeId('C', sha),
    url: `${api}/git/commits/${sha}`,
    html_url: `${html}/commit/${sha}`,
    author: { ...facts.author },
    committer: { ...facts.committer },
    tree: { sha: facts.tree, url: `${api}/git/trees/${facts.tree}` },
    message: facts.message,
    parents: facts.parents.map(p => ({
      sha: p,
      url: `${api}/git/commits/${p}`,
      html_url: `${html}/commit/${p}`,
    })),
    verification: UNSIGNED,
  }
}

/** The commit form of event payloads and workflow runs; Actions leaves the file lists out. */
export const simpleCommit = (git: Git, sha: string): JsonObject => {
  const facts = readCommit(git, sha)
  const person = ({ name, email }: Signature): JsonObject => ({ name, email })
  return {
    id: sha,
    tree_id: facts.tree,
    message: facts.message,
    timestamp: facts.committer.date,
    author: person(facts.author),
    committer: person(facts.committer),
  }
}

/** Commits of `base..head`, oldest first. */
export const commitsBetween = (git: Git, base: string, head: string): readonly string[] =>
  git
    .run(['rev-list', '--reverse', `${base}..${head}`])
    .split('\n')
    .filter(Boolean)

/** A commit that a request names, or undefined; a merged or forked head is found by its SHA. */
export const namedCommit = (state: State, ref: string): string | undefined => resolveCommit(state.git, ref)
