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
  const landed = await landedSince(hosting, commit, history)
  const [touching, reviews] = await Promise.all([
    touchingOf(hosting, landed, subject),
    Promise.all(landed.merged.map(async pull => ({ pull, review: await hosting.review(pull) }))),
  ])
  const kept = reviews.filter(
    ({ pull, review }) => touching(pull) || plansFor(review, subject.name).length > 0,
  )
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
  const landed = await landedSince(hosting, commit, history)
  return landed.merged.filter(await touchingOf(hosting, landed, subject))
}

const landedSince = async (
  hosting: Hosting,
  commit: string,
  history: History | undefined,
): Promise<Landed> => {
  const commits = (await hosting.firstParents(commit, history?.applied?.sha)) ?? [commit]
  return { commits, merged: await hosting.pullsMergedAs(commits) }
}

const plansFor = (review: Review, environment: string): readonly Plan[] =>
  'document' in review ? review.document.plans.filter(plan => plan.environment === environment) : []

/**
 * Tells which merges changed the file or the engine. A rebase lands several commits, so what lies between a merge and the one before it
 * is looked at as a whole; its own commits are all in there. So is a longer stretch: only where one changed something, its halves are
 * looked at, since an environment may not have been touched for hundreds of merges.
 */
const touchingOf = async (
  hosting: Hosting,
  { commits, merged }: Landed,
  { file }: Pick<Subject, 'file'>,
): Promise<(pull: Pull) => boolean> => {
  const landings = [...commits].reverse().filter(commit => merged.some(pull => pull.merged === commit))
  const oldest = commits.at(-1)
  if (oldest === undefined || landings.length === 0) return () => false
  // The very first commit has no parent, and no pull request brought it.
  const points = [(await hosting.parents(oldest))[0] ?? oldest, ...landings]
  const blobAt = async (commit: string) => {
    const files = await hosting.files(commit, file.slice(0, file.lastIndexOf('/')))
    return files.find(({ path }) => path === file)?.blob
  }
  const changed = async (before: string, after: string): Promise<boolean> => {
    const [old, now] = await Promise.all([blobAt(before), blobAt(after)])
    return old !== now || changesEngine(hosting, before, after)
  }
  const between = async (low: number, high: number): Promise<readonly string[]> => {
    const [before, after] = [points[low], points[high]]
    if (before === undefined || after === undefined || low === high) return []
    if (!(await changed(before, after))) return []
    if (high - low === 1) return [after]
    const middle = Math.floor((low + high) / 2)
    return (await Promise.all([between(low, middle), between(middle, high)])).flat()
  }
  const touching = new Set(await between(0, points.length - 1))
  return ({ merged: landed = '' }) => touching.has(landed)
}

/** What landed since the last applied commit, newest commit first. */
interface Landed {
  readonly commits: readonly string[]
  readonly merged: readonly Pull[]
}
