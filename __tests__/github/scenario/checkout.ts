import { openGit } from '../fake/git.ts'
import type { GitHubEvent } from './events.ts'

/** What `actions/checkout` is asked for. */
export interface Checkout {
  /** 1 unless told; 0 fetches everything. */
  readonly fetchDepth?: number
  /** A branch instead of the event's commit. */
  readonly ref?: string
}

/** Checks the repository `origin` out as `actions/checkout` does: shallow; detached for a pull request. */
export const checkout = (workspace: string, origin: string, event: GitHubEvent, wanted: Checkout): void => {
  const git = openGit(workspace)
  git.run(['init', '--quiet', '--initial-branch=main'])
  git.run(['remote', 'add', 'origin', `file://${origin}`])
  const ref = wanted.ref === undefined ? event.ref : `refs/heads/${wanted.ref}`
  const sha = wanted.ref === undefined ? event.sha : openGit(origin).run(['rev-parse', ref])
  const local = ref.startsWith('refs/pull/')
    ? ref.replace('refs/', 'refs/remotes/')
    : ref.replace('refs/heads/', 'refs/remotes/origin/')
  const depth = wanted.fetchDepth ?? 1
  const fetch = ['-c', 'protocol.version=2', 'fetch', '--quiet', '--no-tags', '--no-recurse-submodules']
  if (depth === 0) git.run([...fetch, 'origin', '+refs/heads/*:refs/remotes/origin/*'])
  git.run([...fetch, ...(depth === 0 ? [] : [`--depth=${depth}`]), 'origin', `+${sha}:${local}`])
  const branch = ref.startsWith('refs/heads/') ? ['-B', ref.slice('refs/heads/'.length)] : []
  git.run(['checkout', '--quiet', '--force', ...branch, local])
}
