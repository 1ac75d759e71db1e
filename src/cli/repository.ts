import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import type { EnvironmentText } from '../commands/load.ts'
import { folder } from '../commands/snapshot.ts'
import { SlipwayError } from '../core/problem.ts'

const run = promisify(execFile)
const maxBuffer = 16 * 1024 * 1024

/** Environment files of the working tree, sorted. @throws SlipwayError if there is no such folder. */
export const environmentTexts = async (root: string): Promise<readonly EnvironmentText[]> => {
  const names = await readdir(join(root, folder)).catch(cause => {
    throw new SlipwayError(`There is no folder ${folder}/ in ${root}.`, {
      cause,
      advice: `Make it, with one YAML file per environment. Four lines are enough: see the README.`,
    })
  })
  const wanted = names.filter(name => /\.ya?ml$/.test(name)).sort()
  return Promise.all(
    wanted.map(async name => ({
      path: `${folder}/${name}`,
      text: await readFile(join(root, folder, name), 'utf8'),
    })),
  )
}

/** Files named on the command line. @throws SlipwayError for one that cannot be read. */
export const textsOf = (paths: readonly string[]): Promise<readonly EnvironmentText[]> =>
  Promise.all(
    paths.map(async path => ({
      path,
      text: await readFile(path, 'utf8').catch(cause => {
        throw new SlipwayError(`${path} cannot be read: ${cause instanceof Error ? cause.message : cause}`, {
          cause,
        })
      }),
    })),
  )

const git = async (root: string, ...words: readonly string[]): Promise<string | undefined> =>
  run('git', [...words], { cwd: root, maxBuffer }).then(
    ({ stdout }) => stdout,
    () => undefined,
  )

/** A file as it was at a Git reference. */
export interface FileAt {
  /** Full SHA of the commit. */
  readonly commit: string
  /** SHA of the file's blob. */
  readonly blob: string
  readonly text: string
}

/** Reads a file at a Git reference, all by one run of git. @throws SlipwayError if it was not there. */
export const fileAt = async (root: string, reference: string, path: string): Promise<FileAt> => {
  const asked = run('git', ['cat-file', '--batch'], { cwd: root, maxBuffer, encoding: 'buffer' })
  asked.child.stdin?.on('error', () => undefined)
  asked.child.stdin?.end(`${reference}^{commit}\n${reference}:./${path}\n`)
  const said = await asked.then(
    ({ stdout }) => stdout,
    () => Buffer.alloc(0),
  )
  const commit = objectIn(said)
  const blob = objectIn(said.subarray(commit?.end))
  if (commit !== undefined && blob?.type === 'blob')
    return { commit: commit.sha, blob: blob.sha, text: blob.bytes.toString('utf8') }
  throw new SlipwayError(`${path} is not in ${reference}.`, {
    advice: 'Name a commit, branch or tag in which it is.',
  })
}

/** The first object of what `git cat-file --batch` says; undefined if it is missing. */
const objectIn = (said: Buffer) => {
  const start = said.indexOf('\n') + 1
  const [, sha, type, size] =
    /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(said.toString('latin1', 0, start - 1)) ?? []
  if (sha === undefined) return undefined
  const bytes = said.subarray(start, start + Number(size))
  return { sha, type, bytes, end: start + bytes.length + 1 }
}

/** The full SHA of a reference, undefined if there is none. */
const commitOf = async (root: string, reference: string): Promise<string | undefined> =>
  (await git(root, 'rev-parse', '--verify', '--quiet', `${reference}^{commit}`))?.trim()

/** The SHA of a file's blob at a commit. */
export const blobAt = async (root: string, commit: string, path: string): Promise<string> =>
  (await git(root, 'rev-parse', `${commit}:./${path}`))?.trim() ?? ''

/** `owner/name` of the repository on GitHub that `origin` names; undefined if it names none. */
export const gitHubRepository = async (root: string, host: string): Promise<string | undefined> => {
  const url = (await git(root, 'remote', 'get-url', 'origin'))?.trim() ?? ''
  const pattern = new RegExp(
    `^(?:https://(?:[^@/]+@)?|ssh://git@|git@)${host.replaceAll('.', '\\.')}[:/]([^/]+/[^/]+?)(?:\\.git)?/?$`,
  )
  return pattern.exec(url)?.[1]
}

/**
 * The commit of a working tree that may be applied from a terminal: clean, and the head of the default branch as the host
 * has it now, since what an older one says would undo what was applied meanwhile.
 * @throws SlipwayError otherwise: what is applied must be what Git has.
 */
export const applicableCommit = async (
  root: string,
  defaultBranch: string,
  head: string,
): Promise<string> => {
  const branch = (await git(root, 'branch', '--show-current'))?.trim()
  if (branch !== defaultBranch) {
    throw new SlipwayError(
      `This is branch ${branch || '(none)'}; environments are applied from ${defaultBranch}.`,
      {
        advice: 'Merge first, or let the workflow apply it.',
      },
    )
  }
  if ((await git(root, 'status', '--porcelain'))?.trim() !== '') {
    throw new SlipwayError('The working tree has changes that are not committed.', {
      advice: 'Commit them, or put them away.',
    })
  }
  const commit = await commitOf(root, 'HEAD')
  if (commit === head) return head
  throw new SlipwayError(`${defaultBranch} here is not what GitHub has (${head.slice(0, 7)}).`, {
    advice: 'Pull, or push, and run again.',
  })
}

/** The base name of an environment file. */
export const baseName = (path: string): string => basename(path).replace(/\.ya?ml$/, '')
