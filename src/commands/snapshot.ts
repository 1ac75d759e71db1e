import type { FileAt, Hosting } from '../core/hosting.ts'
import type { Json } from '../core/json.ts'
import { valueAt } from '../core/json.ts'
import type { Problem } from '../core/problem.ts'
import { type ApplyRecord, type Attempt, type History, isAppliedLast } from '../core/record.ts'
import type { Address, Resource } from '../core/resource.ts'
import type { Load, Loaded } from './load.ts'
import type { Baseline, Beginning, Subject } from './subject.ts'

/** The folder of environment files. */
export const folder = 'environments'

/** Environment files of a commit, read. */
export interface Snapshot extends Loaded {
  readonly commit: string
  readonly files: readonly FileAt[]
}

/** How environments are read from a host. */
export interface Reading {
  readonly hosting: Hosting
  readonly load: Load
  readonly applier: (project: string) => string | undefined
}

const isEnvironmentFile = ({ path }: FileAt): boolean => /^environments\/[^/]+\.ya?ml$/.test(path)

/** Reads all environment files of a commit. @throws GitHubError */
export const snapshotAt = async ({ hosting, load, applier }: Reading, commit: string): Promise<Snapshot> => {
  const files = (await hosting.files(commit, folder)).filter(isEnvironmentFile)
  const texts = await Promise.all(
    files.map(async ({ path, blob }) => ({ path, text: await hosting.text(blob) })),
  )
  return { commit, files, ...load(texts, applier) }
}

/** Paths whose content differs between two commits, or that only one of them has. */
export const changedPaths = (before: readonly FileAt[], after: readonly FileAt[]): ReadonlySet<string> => {
  const blobs = (files: readonly FileAt[]) => new Map(files.map(({ path, blob }) => [path, blob]))
  const [old, now] = [blobs(before), blobs(after)]
  return new Set([...old.keys(), ...now.keys()].filter(path => old.get(path) !== now.get(path)))
}

/** YAML files below the folder that a merge would change and that nobody reads, where they lie or as they are named. */
export const overlookedFiles = async (
  { files }: Pick<Hosting, 'files'>,
  base: string,
  merge: string,
): Promise<readonly string[]> => {
  const [before, after] = await Promise.all([files(base, folder), files(merge, folder)])
  const changed = changedPaths(before, after)
  return after
    .filter(file => changed.has(file.path) && /\.ya?ml$/i.test(file.path) && !isEnvironmentFile(file))
    .map(({ path }) => path)
}

/** What the records say of an environment, with the resources that the recorded files expand to. */
export interface Past {
  readonly history: History | undefined
  /** Undefined: no trustworthy record. */
  readonly baseline: Baseline | undefined
  /** Identities that unfinished attempts may have begun. */
  readonly unfinished: ReadonlySet<string>
  /** Values that a recorded attempt may have put at a place. */
  readonly applied: (address: Address, path: readonly string[]) => readonly Json[]
}

/** Reads the records of an environment. @throws GitHubError */
export const pastOf = async (reading: Reading, environment: string): Promise<Past> => {
  const history = await reading.hosting.records.history(environment)
  const { applied, unfinished = [] } = history ?? {}
  const [last, beginnings] = await Promise.all([
    applied === undefined ? [] : expansionOf(reading, applied),
    Promise.all(unfinished.map(record => begunBy(reading, record))),
  ])
  const begun = beginnings.flatMap(one => one.resources)
  const unreadable = last !== undefined && 'message' in last ? last : undefined
  const resources = [...(last === undefined || 'message' in last ? [] : last), ...begun]
  const record = applied ?? unfinished[0]
  const byIdentity = new Map([...resources].reverse().map(resource => [resource.identity, resource]))
  return {
    history,
    baseline:
      record === undefined || last === undefined
        ? undefined
        : {
            ...{ record, resources: [...byIdentity.values()].reverse(), begun: beginnings },
            named: [applied ?? [], unfinished].flat().flatMap(({ identities }) => Object.keys(identities)),
            onlyBegun: without(begun, resources.slice(0, resources.length - begun.length)),
            ...(unreadable === undefined ? {} : { unreadable }),
          },
    unfinished: identitiesIn(begun),
    applied: (address, path) =>
      resources.filter(one => one.address === address).flatMap(one => valueAt(one.spec, path) ?? []),
  }
}

const without = (begun: readonly Resource[], applied: readonly Resource[]): ReadonlySet<string> => {
  const whole = identitiesIn(applied)
  return new Set([...identitiesIn(begun)].filter(identity => !whole.has(identity)))
}

const identitiesIn = (resources: readonly Resource[]): ReadonlySet<string> =>
  new Set(resources.map(({ identity }) => identity))

/** What an attempt that did not end well may have made: what its record names, as far as its file confirms it. */
const begunBy = async (reading: Reading, attempt: Attempt): Promise<Beginning> => {
  const { sha, engine, run, failed, identities } = attempt
  const found = await expansionOf(reading, attempt)
  const known = found === undefined || 'message' in found ? [] : found
  return {
    by: { sha, engine, ...(run === undefined ? {} : { run }), ...(failed === undefined ? {} : { failed }) },
    resources: known.filter(({ identity }) => Object.hasOwn(identities, identity)),
  }
}

/**
 * What the recorded file expands to; undefined if it is not there or is another environment's, a problem if this version
 * cannot read it. The record's payload is a hint only: what is not in the file at the recorded commit is not believed.
 */
const expansionOf = async (
  { hosting, load, applier }: Reading,
  record: ApplyRecord,
): Promise<readonly Resource[] | Problem | undefined> => {
  const file = (await hosting.files(record.sha, folder)).find(({ path }) => path === record.file)
  if (file === undefined) return undefined
  const { subjects, failures } = load([{ path: file.path, text: await hosting.text(file.blob) }], applier)
  const found = subjects.find(({ name }) => name === record.environment)?.resources
  return found ?? failures[0]?.problems[0]
}

/** True if an environment is as it was applied last: then nothing applies it by itself. */
export const isAsApplied = (
  history: History | undefined,
  { files }: Pick<Snapshot, 'files'>,
  { file }: Pick<Subject, 'file'>,
  engine: string,
): boolean => history !== undefined && isAppliedLast(history, { file, blob: blobOf(files, file), engine })

/** The SHA of a file's content; '' if it is not there. */
export const blobOf = (files: readonly FileAt[], path: string): string =>
  files.find(file => file.path === path)?.blob ?? ''

/** Identities that any environment of a commit wants or uses: nothing of them is ever removed. */
export const identitiesOf = (subjects: readonly Subject[]): ReadonlySet<string> =>
  new Set(
    subjects.flatMap(({ resources, shared = [] }) => [
      ...resources.map(({ identity }) => identity),
      ...shared,
    ]),
  )
