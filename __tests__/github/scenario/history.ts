import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Git } from '../fake/git.ts'
import { readCommit } from '../fake/shape-commit.ts'

/** Files to write, by path; null removes one. */
export type Changes = Readonly<Record<string, string | null>>

/** Makes commits in a bare repository; dates grow by a minute each, so that SHAs are the same in every run. */
export interface History {
  readonly commit: (parent: string | undefined, changes: Changes, message: string, author: string) => string
  /** A two-parent commit, or undefined on a conflict. */
  readonly merge: (base: string, head: string, message: string, author: string) => string | undefined
  /** All of `base..head` as one commit on `base`; throws on a conflict. */
  readonly squash: (base: string, head: string, message: string, author: string) => string
  /** The commits of `base..head` again on top of `base`; gives the new ones, oldest first. */
  readonly rebase: (base: string, head: string, author: string) => readonly string[]
}

const START = 1_767_225_600

const withIndex = <T>(use: (env: Readonly<Record<string, string>>) => T): T => {
  const dir = mkdtempSync(join(tmpdir(), 'index-'))
  try {
    return use({ GIT_INDEX_FILE: join(dir, 'index') })
  } finally {
    rmSync(dir, { recursive: true })
  }
}

/** The tree of `onto` with what `commit` changed; `git apply` fails on a conflict. */
const replay = (git: Git, commit: string, onto: string): string =>
  withIndex(env => {
    git.run(['read-tree', onto], { env })
    const patch = git.bytes(['diff-tree', '-p', '--binary', '--full-index', `${commit}^`, commit])
    if (patch.length > 0) git.run(['apply', '--cached'], { env, input: patch })
    return git.run(['write-tree'], { env })
  })

const mergedTree = (git: Git, base: string, head: string): string | undefined =>
  git.attempt(['merge-tree', '--write-tree', base, head])

/** Who writes a commit when, as git's own formats have it. */
interface Stamp {
  readonly name: string
  readonly email: string
  readonly date: string
}

/** A branch that is gone again before `fast-import` ends. */
const passing = 'refs/slipway/made'

const quoted = (path: string): string => (/["\\\n]/.test(path) ? JSON.stringify(path) : path)

const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`

/** What makes `fast-import` write a commit of these changes, and say its SHA. */
const importOf = (
  parent: string | undefined,
  changes: Changes,
  message: string,
  { name, email, date }: Stamp,
): string =>
  [
    `commit ${passing}\nmark :1\n`,
    ...['author', 'committer'].map(role => `${role} ${name} <${email}> ${date}\n`),
    data(`${message.replace(/\n*$/, '')}\n`),
    parent === undefined ? '' : `from ${parent}\n`,
    ...Object.entries(changes).map(([path, content]) =>
      content === null ? `D ${quoted(path)}\n` : `M 100644 inline ${quoted(path)}\n${data(content)}`,
    ),
    `get-mark :1\nreset ${passing}\nfrom ${'0'.repeat(40)}\n`,
  ].join('')

/** A history writer for a bare repository. */
export const createHistory = (git: Git): History => {
  let made = 0
  const stamp = (name: string): Stamp => {
    made += 1
    return { name, email: `${name}@users.noreply.github.com`, date: `${START + made * 60} +0000` }
  }
  const record = (tree: string, parents: readonly string[], message: string, author: string): string => {
    const { name, email, date } = stamp(author)
    const env = {
      ...{ GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date },
      ...{ GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email, GIT_COMMITTER_DATE: date },
    }
    return git.run(['commit-tree', tree, ...parents.flatMap(p => ['-p', p]), '-m', message], { env })
  }
  const squash: History['squash'] = (base, head, message, author) => {
    const tree = mergedTree(git, base, head)
    if (tree === undefined) throw new Error(`${head} conflicts with ${base}.`)
    return record(tree, [base], message, author)
  }
  const rebase: History['rebase'] = (base, head, author) => {
    const commits = git
      .run(['rev-list', '--reverse', '--no-merges', `${base}..${head}`])
      .split('\n')
      .filter(Boolean)
    let tip = base
    return commits.map(commit => {
      tip = record(replay(git, commit, tip), [tip], readCommit(git, commit).message, author)
      return tip
    })
  }
  return {
    // One process in place of one for each file and four more.
    commit: (parent, changes, message, author) =>
      git.run(['fast-import', '--quiet'], { input: importOf(parent, changes, message, stamp(author)) }),
    merge: (base, head, message, author) => {
      const tree = mergedTree(git, base, head)
      return tree === undefined ? undefined : record(tree, [base, head], message, author)
    },
    squash,
    rebase,
  }
}
