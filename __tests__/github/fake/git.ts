import { execFileSync, spawnSync } from 'node:child_process'

interface GitOptions {
  readonly input?: string | Buffer
  readonly env?: Readonly<Record<string, string>>
}

/** A git repository on disk, driven by the `git` program. */
export interface Git {
  readonly dir: string
  /** Standard output without its last newline; throws on a failure. */
  readonly run: (args: readonly string[], options?: GitOptions) => string
  /** The same as bytes. */
  readonly bytes: (args: readonly string[]) => Buffer
  /** Standard output, or undefined on a failure. */
  readonly attempt: (args: readonly string[], options?: GitOptions) => string | undefined
}

/** Neither the user's nor the machine's git configuration has a say in tests. */
export const GIT_ENV = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
} as const

const environment = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  ...GIT_ENV,
  ...more,
})

const MAX_OUTPUT = 256 * 1024 * 1024

/** Opens the repository in `dir` (bare or not). */
export const openGit = (dir: string): Git => {
  const bytes = (args: readonly string[], options: GitOptions = {}): Buffer =>
    execFileSync('git', [...args], {
      cwd: dir,
      env: environment(options.env),
      input: options.input ?? '',
      maxBuffer: MAX_OUTPUT,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
  const run = (args: readonly string[], options?: GitOptions): string =>
    bytes(args, options).toString('utf8').replace(/\n$/, '')
  const attempt = (args: readonly string[], options: GitOptions = {}): string | undefined => {
    const input = options.input ?? ''
    const done = spawnSync('git', [...args], {
      cwd: dir,
      env: environment(options.env),
      input,
      maxBuffer: MAX_OUTPUT,
    })
    return done.status === 0 ? done.stdout.toString('utf8').replace(/\n$/, '') : undefined
  }
  return { dir, run, bytes, attempt }
}

/** Makes a bare repository that serves shallow fetches of any commit, as GitHub does. */
export const initBare = (dir: string, defaultBranch: string): Git => {
  execFileSync('git', ['init', '--quiet', '--bare', `--initial-branch=${defaultBranch}`, dir], {
    env: environment(),
  })
  const git = openGit(dir)
  git.run(['config', 'uploadpack.allowAnySHA1InWant', 'true'])
  return git
}

/** The commit that a branch, a full ref or a SHA names; undefined if there is none. */
export const resolveCommit = (git: Git, ref: string): string | undefined => {
  if (ref.startsWith('-') || ref.includes('..') || ref.includes(':')) return undefined
  const names =
    /^[0-9a-f]{40}$/.test(ref) || ref.startsWith('refs/')
      ? [ref]
      : [`refs/heads/${ref}`, `refs/tags/${ref}`, `refs/${ref}`]
  for (const name of names) {
    const sha = git.attempt(['rev-parse', '--verify', '--quiet', `${name}^{commit}`])
    if (sha !== undefined) return sha
  }
  return /^[0-9a-f]{7,39}$/.test(ref)
    ? git.attempt(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`])
    : undefined
}

/** Whether `ancestor` can be reached from `descendant`. */
export const isAncestor = (git: Git, ancestor: string, descendant: string): boolean =>
  git.attempt(['merge-base', '--is-ancestor', ancestor, descendant]) !== undefined
