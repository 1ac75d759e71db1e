import type { Hosting, Pull, Review } from '../core/hosting.ts'
import type { Plan } from '../core/plan.ts'
import type { Problem } from '../core/problem.ts'
import type { History } from '../core/record.ts'
import { changesEngine } from './pull-request.ts'
import { type Past, type Reading, snapshotAt } from './snapshot.ts'
import type { Subject } from './subject.ts'

/** What was reviewed of an environment since it was last applied. */
export interface Reviews {
  /** Pull requests that touched it or the engine, lowest number first. */
  readonly pulls: readonly Pull[]
  readonly plans: readonly Plan[]
  /** Why some of them have no plan that counts. */
  readonly missing: readonly Problem[]
}

/** The plans of every pull request merged since the last applied commit that touched the environment or the engine. */
export const reviewsSince = async (
  { hosting }: Reading,
  commit: string,
  { history }: Pick<Past, 'history'>,
  subject: Pick<Subject, 'name' | 'file'>,
): Promise<Reviews> => {
  const { commits, merged } = await landedSince(hosting, commit, history)
  const found = await Promise.all(
    merged.map(async pull => {
      const review = await hosting.review(pull)
      const counts =
        plansFor(review, subject.name).length > 0 ||
        (await touches(hosting, pull, { commits, merged, subject }))
      return counts ? { pull, review } : undefined
    }),
  )
  const kept = found.flatMap(one => one ?? [])
  return {
    pulls: kept.map(({ pull }) => pull),
    plans: kept.flatMap(({ review }) => plansFor(review, subject.name)),
    missing: kept.flatMap(({ review }) => ('missing' in review ? review.missing : [])),
  }
}

/**
 * The pull requests that an environment's outcome concerns, where it could not even be planned; looks at no reviewed
 * plan, since that may be what failed. @throws GitHubError
 */
export const pullsBehind = async (
  reading: Reading,
  commit: string,
  environment: string,
): Promise<readonly Pull[]> => {
  const { hosting } = reading
  const { subjects } = await snapshotAt(reading, commit)
  const subject = subjects.find(({ name }) => name === environment)
  if (subject === undefined) return []
  const history = await hosting.records.history(environment)
  const { commits, merged } = await landedSince(hosting, commit, history)
  const touching = await Promise.all(merged.map(pull => touches(hosting, pull, { commits, merged, subject })))
  return merged.filter((_, index) => touching[index])
}

const landedSince = async (
  hosting: Hosting,
  commit: string,
  history: History | undefined,
): Promise<Omit<Landed, 'subject'>> => {
  const commits = (await hosting.firstParents(commit, history?.applied?.sha)) ?? [commit]
  return { commits, merged: await hosting.pullsMergedAs(commits) }
}

const plansFor = (review: Review, environment: string): readonly Plan[] =>
  'document' in review ? review.document.plans.filter(plan => plan.environment === environment) : []

/**
 * Whether a merge changed the file or the engine. A rebase lands several commits, so what lies between it and the pull
 * request merged before it is looked at as a whole; its own commits are all in there.
 */
const touches = async (
  hosting: Hosting,
  { merged: landed = '' }: Pull,
  { commits, merged, subject: { file } }: Landed,
): Promise<boolean> => {
  const older = commits.slice(commits.indexOf(landed) + 1)
  const before = older.find(commit => merged.some(other => other.merged === commit))
  // The very first commit has no parent, and no pull request brought it.
  const start = before ?? (await hosting.parents(commits.at(-1) ?? landed))[0] ?? older.at(-1)
  if (start === undefined) return true
  const blobAt = async (commit: string) => {
    const files = await hosting.files(commit, file.slice(0, file.lastIndexOf('/')))
    return files.find(({ path }) => path === file)?.blob
  }
  const [old, now] = await Promise.all([blobAt(start), blobAt(landed)])
  return old !== now || changesEngine(hosting, start, landed)
}

/** What landed since the last applied commit, newest commit first. */
interface Landed {
  readonly commits: readonly string[]
  readonly merged: readonly Pull[]
  readonly subject: Pick<Subject, 'file'>
}
