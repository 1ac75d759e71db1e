import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

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

/** Commands that only look. */
const looking: ReadonlySet<string> = new Set(
  'cat-file diff ls-tree merge-base merge-tree rev-list rev-parse show'.split(' '),
)
const byHash = /^([0-9a-f]{40}(\^\{\w+\}|\.\.)?){1,2}$/
const plain = /^(-.*|blob|commit|tree)$/

/** Whether an answer never changes: it is about objects that are named by their hashes. */
const isLasting = ([command = '', ...args]: readonly string[]): boolean => {
  const names = args.filter(arg => !plain.test(arg))
  return looking.has(command) && names.length > 0 && names.every(name => byHash.test(name))
}

const asked = /^rev-parse\0(--verify\0--quiet\0)?(refs\/(heads|pull)\/[\w./-]+?)(\^\{commit\})?$/

/** What git would say of a branch that has a file of its own in a bare repository; undefined: git has to say it. */
const branchOf = (dir: string, key: string): Buffer | undefined => {
  const [, , name] = asked.exec(key) ?? []
  if (name === undefined) return undefined
  try {
    const found = readFileSync(join(dir, name))
    return /^[0-9a-f]{40}\n$/.test(found.toString()) ? found : undefined
  } catch {
    return undefined
  }
}

/** Opens the repository in `dir` (bare or not). Lasting answers are kept: a process costs more than all else here. */
export const openGit = (dir: string): Git => {
  const kept = new Map<string, Buffer>()
  const ask = (args: readonly string[], { input = '', env }: GitOptions = {}): Buffer | Error => {
    const key = args.join('\0')
    const known = kept.get(key) ?? branchOf(dir, key)
    if (known !== undefined) return known
    const options = { cwd: dir, env: environment(env), input, maxBuffer: MAX_OUTPUT }
    const { status, stdout, stderr, error } = spawnSync('git', [...args], options)
    if (status !== 0) return error ?? new Error(`git ${args.join(' ')}: ${stderr}`)
    if (isLasting(args)) kept.set(key, stdout)
    return stdout
  }
  const bytes = (args: readonly string[], options?: GitOptions): Buffer => {
    const answer = ask(args, options)
    if (answer instanceof Error) throw answer
    return answer
  }
  const text = (answer: Buffer): string => answer.toString('utf8').replace(/\n$/, '')
  const run = (args: readonly string[], options?: GitOptions): string => text(bytes(args, options))
  const attempt = (args: readonly string[], options?: GitOptions): string | undefined => {
    const answer = ask(args, options)
    return answer instanceof Error ? undefined : text(answer)
  }
  return { dir, run, bytes, attempt }
}

/** Makes a bare repository that serves shallow fetches of any commit, as GitHub does. */
export const initBare = (dir: string, defaultBranch: string): Git => {
  const words = ['init', '--quiet', '--bare', '--template=', `--initial-branch=${defaultBranch}`, dir]
  execFileSync('git', words, { env: environment() })
  appendFileSync(join(dir, 'config'), '[uploadpack]\n\tallowAnySHA1InWant = true\n')
  return openGit(dir)
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
