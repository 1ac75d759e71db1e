import { sha256 } from '../core/digest.ts'
import type { Hosting, PlanDocument } from '../core/hosting.ts'
import { canonical, type Json } from '../core/json.ts'
import type { Plan } from '../core/plan.ts'
import { type Problem, SlipwayError } from '../core/problem.ts'
import type { Address } from '../core/resource.ts'
import type { Failure } from './load.ts'
import { pendingIn } from './pending.ts'
import { planEnvironment } from './plan.ts'
import { renamed } from './renamed.ts'
import { sharedPorts } from './shared-ports.ts'
import {
  changedPaths,
  identitiesOf,
  isAsApplied,
  pastOf,
  type Reading,
  type Snapshot,
  snapshotAt,
} from './snapshot.ts'
import type { Subject } from './subject.ts'
import type { Workbench } from './workbench.ts'

/** What a pull request would change. */
export interface PullRequestPlan {
  readonly base: string
  readonly document: PlanDocument
  /** The bytes of the artifact, and their sha256. */
  readonly json: string
  readonly sha256: string
  readonly failures: readonly Failure[]
  /** What is merged but not applied yet and stays so, by environment: of plans of the base commit. */
  readonly pending: readonly Plan[]
  /** Files that the pull request takes away: their resources become orphans, nothing is deleted. */
  readonly dropped: readonly Dropped[]
  /** Environments that are looked at, but that merging does not apply: neither their file nor the engine is another one. */
  readonly notApplied: readonly string[]
}

/** An environment that no file describes any more. */
export interface Dropped {
  readonly environment: string
  readonly file: string
  /** The name of the environment that its file describes now, where the file stays. */
  readonly now?: string
  /** What it is left without a file. */
  readonly addresses: readonly string[]
}

/** Which pull request. */
export interface PullRequest {
  readonly number: number
  readonly head: string
  /** The test merge commit: its first parent is the base. */
  readonly merge: string
  /** What it is compared with instead of that parent. */
  readonly base?: string
  /** Versions of secrets to go on using in an environment, as its apply would. */
  readonly pins?: (environment: string) => Readonly<Record<Address, string>>
}

/** Plans every environment that a pull request changes: all of them, if it changes the workflows that pin the engine. */
export const planPullRequest = async (
  pull: PullRequest,
  bench: Workbench,
  reading: Reading,
): Promise<PullRequestPlan> => {
  const { hosting } = reading
  const base = pull.base ?? (await hosting.parents(pull.merge))[0] ?? pull.merge
  const [before, after] = await Promise.all([snapshotAt(reading, base), snapshotAt(reading, pull.merge)])
  const changed = changedPaths(before.files, after.files)
  const all = await changesEngine(hosting, base, pull.merge)
  const chosen = after.subjects.filter(({ file }) => all || changed.has(file))
  const wantedElsewhere = identitiesOf(after.subjects)
  const portsOf = sharedPorts(bench)
  const context = { bench, portsOf, reading, before, after, wantedElsewhere, pins: pull.pins }
  const results = await Promise.all(chosen.map(subject => planOne(subject, context)))
  const plans = results.flatMap(({ plan }) => plan ?? [])
  const document: PlanDocument = {
    format: 'slipway-plans/1',
    pull: pull.number,
    head: pull.head,
    engine: bench.engine,
    plans,
  }
  const json = `${canonical(document as unknown as Json)}\n`
  return {
    base,
    document,
    json,
    sha256: sha256(json),
    failures: [
      ...after.failures.filter(failure => all || changed.has(failure.file) || isNew(failure, before)),
      ...(await renamed(before, after, hosting)),
      ...results.flatMap(({ failure }) => failure ?? []),
    ],
    pending: results.flatMap(({ pending }) => pending ?? []),
    dropped: droppedFrom(before, after),
    notApplied: results.flatMap(({ plan, asApplied }) => (plan && asApplied ? [plan.environment] : [])),
  }
}

/** A file that is as it was can be wrong because of another one: a second owner of one thing, a second one of its name. */
const isNew = ({ file, problems }: Failure, before: Snapshot): boolean => {
  const known = before.failures.find(failure => failure.file === file)?.problems ?? []
  return problems.some(({ message }) => !known.some(old => old.message === message))
}

interface Context {
  readonly bench: Workbench
  readonly portsOf: Workbench['planning']
  readonly reading: Reading
  readonly before: Snapshot
  readonly after: Snapshot
  readonly wantedElsewhere: ReadonlySet<string>
  readonly pins: PullRequest['pins']
}

interface One {
  readonly plan?: Plan
  readonly pending?: Plan
  readonly failure?: Failure
  readonly asApplied?: boolean
}

/** One environment; what goes wrong in it is its own failure and nobody else's. */
const planOne = async (subject: Subject, context: Context): Promise<One> => {
  const { bench, portsOf, reading, before, after, wantedElsewhere, pins } = context
  try {
    const past = await pastOf(reading, subject.name)
    const options = {
      kinds: bench.kinds,
      ports: portsOf(subject.project),
      engine: bench.engine,
      baseline: past.baseline,
      wantedElsewhere,
      unreadable: after.failures.map(({ file }) => file),
      environments: new Set(after.subjects.map(({ name }) => name)),
      pins: pins?.(subject.name) ?? {},
    }
    const plan = await planEnvironment(subject, options)
    const old = before.subjects.find(({ name }) => name === subject.name)
    const blob = before.files.find(({ path }) => path === old?.file)?.blob
    const { applied, unfinished = [] } = past.history ?? {}
    const waits =
      old !== undefined && applied !== undefined && (applied.blob !== blob || unfinished.length > 0)
    const asApplied = isAsApplied(past.history, after, subject, bench.engine)
    return waits
      ? { plan, pending: pendingIn(await planEnvironment(old, options), plan) }
      : { plan, asApplied }
  } catch (error) {
    return { failure: { file: subject.file, problems: [problemOf(error, bench)] } }
  }
}

/** The problem that an error stands for. Anything that is not ours is a defect and keeps its stack in the log. */
export const problemOf = (error: unknown, { redactor }: Pick<Workbench, 'redactor'>): Problem => {
  if (!(error instanceof SlipwayError)) throw error
  const advice = error.advice === undefined ? {} : { advice: redactor.scrub(error.advice) }
  return { message: redactor.scrub(error.message), ...advice }
}

/** A workflow or the identities' file differs: the engine, or who runs it, may be another one. */
export const changesEngine = async (hosting: Hosting, base: string, merge: string): Promise<boolean> => {
  const [before, after] = await Promise.all([hosting.files(base, '.github'), hosting.files(merge, '.github')])
  const matters = (path: string) => path.startsWith('.github/workflows/') || path === '.github/slipway.yaml'
  return [...changedPaths(before, after)].some(matters)
}

/** Environments of the base that neither live on under their name nor have a file that is only broken now. */
const droppedFrom = (before: Snapshot, after: Snapshot): readonly Dropped[] => {
  const kept = new Set([...after.subjects.map(({ name }) => name), ...after.failures.map(({ file }) => file)])
  return before.subjects
    .filter(({ name, file }) => !kept.has(name) && !kept.has(file))
    .map(({ name, file, resources }) => ({
      environment: name,
      file,
      ...nowIn(after, file),
      addresses: resources.map(({ address }) => address),
    }))
}

const nowIn = ({ subjects }: Snapshot, file: string): Pick<Dropped, 'now'> => {
  const now = subjects.find(subject => subject.file === file)?.name
  return now === undefined ? {} : { now }
}
