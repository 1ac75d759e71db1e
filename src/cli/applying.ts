import { type Applied, applyEnvironment } from '../commands/apply.ts'
import { applyWith } from '../commands/apply-with.ts'
import { planEnvironment } from '../commands/plan.ts'
import { identitiesOf, type Past } from '../commands/snapshot.ts'
import type { Subject } from '../commands/subject.ts'
import type { Workbench } from '../commands/workbench.ts'
import { type Plan, planDigest } from '../core/plan.ts'
import { SlipwayError } from '../core/problem.ts'
import { isAppliedLast } from '../core/record.ts'
import type { Terminal } from './context.ts'
import type { Host } from './past.ts'
import { applicableCommit, blobAt } from './repository.ts'

/** What environments of a working tree are applied with. */
export interface Context {
  readonly terminal: Terminal
  readonly bench: Workbench
  readonly all: readonly Subject[]
  readonly unreadable: readonly string[]
  readonly past: Past
  readonly host: Host | 'no token' | undefined
  readonly commit: string | undefined
}

/** Plans one of them. */
export const planOne = (subject: Subject, { bench, all, unreadable, past }: Context): Promise<Plan> =>
  planEnvironment(subject, {
    kinds: bench.kinds,
    engine: bench.engine,
    ports: bench.planning(subject.project),
    baseline: past.baseline,
    wantedElsewhere: identitiesOf(all),
    unreadable,
    environments: new Set(all.map(({ name }) => name)),
  })

/** Applies exactly this plan, and records it. @throws what the fresh plan throws; SlipwayError for a file that is not in Git */
export const applyOne = (
  subject: Subject,
  plan: Plan,
  { terminal, bench, all, unreadable, past, host, commit }: Context,
): Promise<Applied> => {
  const records = typeof host === 'object' && commit !== undefined ? host.reading.hosting.records : undefined
  return applyEnvironment(subject, {
    ...applyWith(bench, subject, {
      all,
      unreadable,
      past,
      reviewed: { plans: [plan], approved: new Set([planDigest(plan)]) },
    }),
    begin:
      records === undefined || commit === undefined
        ? undefined
        : async contents => {
            const blob = await blobAt(terminal.cwd, commit, subject.file)
            if (blob === '') throw notInGit(subject.file)
            const record = {
              environment: subject.name,
              file: subject.file,
              sha: commit,
              blob,
              engine: bench.engine,
              ...contents,
            }
            return records.begin(record)
          },
  })
}

/**
 * True if a record would say something new: the next plan begins with the file that was applied last, even where that
 * changed nothing.
 */
export const isToBeRecorded = async (
  { file }: Subject,
  { terminal, bench, past, host, commit }: Context,
): Promise<boolean> => {
  if (typeof host !== 'object' || commit === undefined) return false
  const now = { file, blob: await blobAt(terminal.cwd, commit, file), engine: bench.engine }
  return past.history === undefined || !isAppliedLast(past.history, now)
}

/**
 * The commit that the record will name; undefined where no records are kept.
 * @throws SlipwayError where there should be one and cannot be
 */
export const commitFor = async (
  terminal: Terminal,
  host: Host | 'no token' | undefined,
  flags: { readonly unrecorded?: boolean },
): Promise<string | undefined> => {
  if (host === undefined) return undefined
  if (flags.unrecorded === true) {
    terminal.writeError(
      'No record is written: the next apply cannot know what this one made, and removes nothing.\n',
    )
    return undefined
  }
  if (host !== 'no token') {
    const { hosting } = host.reading
    return applicableCommit(terminal.cwd, hosting.defaultBranch, await hosting.head(hosting.defaultBranch))
  }
  throw new SlipwayError('This repository is on GitHub, and there is no token to write the record with.', {
    advice: 'Set GITHUB_TOKEN (for example to the output of `gh auth token`), or apply with --unrecorded.',
  })
}

/** A file that Git ignores leaves the working tree clean, but nobody could tell later what was applied. */
const notInGit = (file: string): SlipwayError =>
  new SlipwayError(`${file} is not in Git; nothing was applied.`, { advice: 'Commit it.' })
