import type { Pull } from '../core/hosting.ts'
import { type Problem, ProblemsError, SlipwayError } from '../core/problem.ts'
import { type Applied, applyEnvironment } from './apply.ts'
import { applyWith } from './apply-with.ts'
import type { Failure } from './load.ts'
import { reviewsSince } from './reviews.ts'
import {
  blobOf,
  isAsApplied,
  type Past,
  pastOf,
  type Reading,
  type Snapshot,
  snapshotAt,
} from './snapshot.ts'
import type { Subject } from './subject.ts'
import type { Workbench } from './workbench.ts'

/** An environment that has to be converged. */
export interface Selected {
  readonly environment: string
  readonly file: string
}

/** What the job before the matrix finds. */
export interface Selection {
  readonly selected: readonly Selected[]
  readonly failures: readonly Failure[]
}

/**
 * The environments at the head of the default branch whose file or engine differs from their last applied record, so
 * that a lost run heals itself. One without a GitHub environment is a failure, unless that is wanted: GitHub would make
 * it, unprotected.
 */
export const selectEnvironments = async (
  reading: Reading,
  engine: string,
  options: { readonly unprotected: boolean; readonly only: string | undefined },
): Promise<Selection> => {
  const head = await reading.hosting.head(reading.hosting.defaultBranch)
  const snapshot = await snapshotAt(reading, head)
  const wanted = snapshot.subjects.filter(({ name }) => options.only === undefined || options.only === name)
  if (options.only !== undefined && wanted.length === 0) throw unknownEnvironment(options.only, snapshot)
  const checked = await Promise.all(
    wanted.map(async subject => {
      if (options.only === undefined && (await isApplied(reading, snapshot, subject, engine)))
        return undefined
      const missing = !options.unprotected && (await reading.hosting.protection(subject.name)) === 'absent'
      return { subject, missing }
    }),
  )
  const due = checked.flatMap(one => one ?? [])
  return {
    selected: due
      .filter(({ missing }) => !missing)
      .map(({ subject }) => ({ environment: subject.name, file: subject.file })),
    failures: [
      ...(options.only === undefined ? snapshot.failures : []),
      ...due.filter(({ missing }) => missing).map(({ subject }) => unprotectedFailure(subject)),
    ],
  }
}

/** Nothing at the head is an environment of that name: it is not there, or its file cannot be read. */
const unknownEnvironment = (name: string, { subjects, failures, commit }: Snapshot): SlipwayError => {
  if (failures.length > 0) return new ProblemsError(failures.flatMap(({ problems }) => problems))
  return new SlipwayError(`There is no environment ${name} at ${commit.slice(0, 7)}.`, {
    advice: `There are: ${subjects.map(subject => subject.name).join(', ') || 'none'}.`,
  })
}

const unprotectedFailure = ({ name, file }: Subject): Failure => ({
  file,
  problems: [
    {
      message: `The repository has no GitHub environment named ${name}; GitHub would make one that nobody has to approve.`,
      advice: `Make it under Settings → Environments, with reviewers, or say \`unprotected: true\` in the calling workflow.`,
    },
  ],
})

const isApplied = async (
  { hosting }: Reading,
  snapshot: Snapshot,
  subject: Subject,
  engine: string,
): Promise<boolean> => isAsApplied(await hosting.records.history(subject.name), snapshot, subject, engine)

/** How converging an environment ended. */
export type Converged =
  | { readonly ended: 'superseded' | 'already' }
  | (Applied & {
      readonly pulls: readonly Pull[]
      readonly missing: readonly Problem[]
      readonly commit: string
      readonly past: Past
    })

/** What is converged, and by what right. */
export interface ConvergeRequest {
  readonly environment: string
  /** The commit of the run; undefined: none was looked at before. */
  readonly runCommit: string | undefined
  /** A person asked for it: what is applied already is applied again. */
  readonly dispatched: boolean
  /** Digests that a person approved under the environment's protection. */
  readonly approved: ReadonlySet<string>
  /** Told once the record is begun: from then on something may be written. Gets whom it concerns. */
  readonly onBegin?: (pulls: readonly Pull[]) => void
}

/**
 * Brings one environment to the head of the default branch, whatever commit the run began with.
 * @throws SlipwayError where it cannot be read or planned
 */
export const convergeEnvironment = async (
  request: ConvergeRequest,
  bench: Workbench,
  reading: Reading,
): Promise<Converged> => {
  const { hosting } = reading
  const commit = await hosting.head(hosting.defaultBranch)
  const snapshot = await snapshotAt(reading, commit)
  const subject = snapshot.subjects.find(({ name }) => name === request.environment)
  if (subject === undefined) throw unknownEnvironment(request.environment, snapshot)
  if (!request.dispatched && (await isApplied(reading, snapshot, subject, bench.engine)))
    return { ended: 'already' }
  if (await isSuperseded(request, subject, snapshot, reading)) return { ended: 'superseded' }
  const past = await pastOf(reading, subject.name)
  const reviews = await reviewsSince(reading, commit, past, subject)
  const applied = await applyEnvironment(subject, {
    ...applyWith(bench, subject, {
      all: snapshot.subjects,
      unreadable: snapshot.failures.map(({ file }) => file),
      past,
      reviewed: { plans: reviews.plans, approved: request.approved },
    }),
    begin: async contents => {
      const record = await hosting.records.begin({
        environment: subject.name,
        file: subject.file,
        sha: commit,
        blob: blobOf(snapshot.files, subject.file),
        engine: bench.engine,
        ...contents,
      })
      request.onBegin?.(reviews.pulls)
      return record
    },
  })
  return { ...applied, pulls: reviews.pulls, missing: reviews.missing, commit, past }
}

/** A gated job was approved for the file as it was then; another one that changed it since brings its own job. */
const isSuperseded = async (
  { runCommit, environment }: ConvergeRequest,
  { file }: Subject,
  { files }: Snapshot,
  { hosting }: Reading,
) => {
  if (runCommit === undefined || (await hosting.protection(environment)) !== 'gated') return false
  return (
    blobOf(await hosting.files(runCommit, file.slice(0, file.lastIndexOf('/'))), file) !== blobOf(files, file)
  )
}
