import type { Hosting } from '../core/hosting.ts'
import type { Failure } from './load.ts'
import type { Snapshot } from './snapshot.ts'
import type { Subject } from './subject.ts'

/** A file is taken for a renamed one if at least this share of its lines is the same, as Git has it. */
const alike = 0.5

/**
 * Files without `name:` that move, edited on the way or not: that would change the name of their environment, and with
 * it everything in the cloud. @throws GitHubError
 */
export const renamed = async (
  before: Snapshot,
  after: Snapshot,
  hosting: Pick<Hosting, 'text'>,
): Promise<readonly Failure[]> => {
  const names = new Set(after.subjects.map(({ name }) => name))
  const lost = before.subjects.filter(
    ({ name, file }) => !names.has(name) && !after.files.some(({ path }) => path === file),
  )
  const fresh = after.subjects.filter(({ file }) => !before.files.some(({ path }) => path === file))
  const pairs = lost.flatMap(was =>
    fresh.filter(({ project }) => project === was.project).map(is => ({ was, is })),
  )
  const checked = await Promise.all(
    pairs.map(async ({ was, is }) => {
      const [old, now] = await Promise.all([
        textOf(before, was.file, hosting),
        textOf(after, is.file, hosting),
      ])
      return shared(old, now) >= alike ? [failure(was, is)] : []
    }),
  )
  return checked.flat()
}

const textOf = ({ files }: Snapshot, file: string, hosting: Pick<Hosting, 'text'>): Promise<string> => {
  const blob = files.find(({ path }) => path === file)?.blob
  return blob === undefined ? Promise.resolve('') : hosting.text(blob)
}

/** The share of the longer text's lines that the other one has, too. */
const shared = (a: string, b: string): number => {
  const [left, right] = [linesOf(a), linesOf(b)]
  const rest = [...right]
  const common = left.filter(line => {
    const at = rest.indexOf(line)
    if (at >= 0) rest.splice(at, 1)
    return at >= 0
  })
  return common.length / Math.max(left.length, right.length, 1)
}

const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map(line => line.trimEnd())
    .filter(line => line !== '')

const failure = (was: Subject, is: Subject): Failure => ({
  file: is.file,
  problems: [
    {
      message: `${was.file} was renamed to ${is.file}, which would rename the environment ${was.name} to ${is.name}.`,
      advice: `Add the line \`name: ${was.name}\` to ${is.file}. If it is another environment that only looks like the old one, add it in a pull request of its own.`,
      position: { file: is.file, line: 1, column: 1 },
    },
  ],
})
