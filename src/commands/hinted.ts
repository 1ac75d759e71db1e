import type { Note } from '../core/plan.ts'
import type { Problem } from '../core/problem.ts'
import type { Address, Observed, Resource } from '../core/resource.ts'
import { compareVersions } from '../core/version.ts'
import type { Left } from './baseline.ts'
import type { Kinds } from './observe.ts'
import type { Baseline, Subject } from './subject.ts'

/** What records name and the files at their commits do not mean (any more): nothing but its mark says whose it is. */
export interface Hinted {
  /** As much as the identities tell. */
  readonly resources: readonly Resource[]
  /** Identities that cannot be looked at: of another project, or of no known kind. */
  readonly blind: readonly string[]
}

/**
 * Identities that records name beyond what their files expand to: another version of Slipway expanded them otherwise, or
 * somebody else wrote the record. Only those in the environment's own project are looked at.
 */
export const hintedBy = (
  { named = [] }: Pick<Baseline, 'named'>,
  known: Pick<ReadonlySet<string>, 'has'>,
  { project }: Pick<Subject, 'project'>,
  kinds: Kinds,
): Hinted => {
  const unknown = [...new Set(named)].filter(identity => !known.has(identity))
  const looked = unknown.map(identity => {
    const inProject = `${identity.replace('#', '/')}/`.includes(`/projects/${project}/`)
    const found = inProject ? [...kinds.values()].map(kind => kind.named?.(identity)) : []
    return { identity, resource: found.find(one => one !== undefined) }
  })
  return {
    resources: looked.flatMap(({ resource }) => resource ?? []),
    blind: looked.filter(({ resource }) => resource === undefined).map(({ identity }) => identity),
  }
}

/** What of all that is gone from the files may be taken away, and what is said of the rest. */
export interface Believed {
  readonly gone: readonly (Left & { readonly byMark: boolean })[]
  readonly notes: readonly Note[]
}

/** Believes what records alone name where it bears the environment's mark; the rest stays and is said. */
export const believed = (
  left: readonly Left[],
  seen: ReadonlyMap<Address, Observed>,
  { resources, blind }: Hinted,
  environment: string,
): Believed => {
  const hints = new Set(resources.map(({ identity }) => identity))
  const stays = left.filter(({ resource: { address, identity } }) => {
    const observed = seen.get(address)
    return hints.has(identity) && observed?.state === 'present' && observed.mark !== environment
  })
  return {
    gone: left
      .filter(one => !stays.includes(one))
      .map(one => ({ ...one, byMark: hints.has(one.resource.identity) })),
    notes: [...stays.map(({ resource }) => resource.identity), ...blind].map(identity =>
      staysNote(identity, environment),
    ),
  }
}

const staysNote = (identity: string, environment: string): Note => ({
  level: 'warning',
  message: `The record of an earlier apply names \`${identity}\`, which this version of Slipway does not make from the file. No mark says that it is ${environment}’s, so it stays.`,
  advice: 'If nobody needs it, take it away by hand; if it is wanted, name it in the file.',
})

/** What has to be known where another version of Slipway applied last. */
export const versionNotes = (
  { name, file }: Pick<Subject, 'name' | 'file'>,
  baseline: Baseline | undefined,
  engine: string,
): readonly Note[] => {
  if (baseline === undefined) return []
  const { record, unreadable } = baseline
  return [
    ...(unreadable === undefined ? [] : [unreadableNote(file, record, unreadable)]),
    ...(compareVersions(record.engine, engine) > 0
      ? [
          {
            level: 'warning',
            message: `${name} was applied by Slipway ${record.engine} before; this is ${engine}, an older one.`,
            advice:
              'What only the newer one makes is taken away where it bears this environment’s mark. Go on if you mean to go back.',
          } as const,
        ]
      : []),
  ]
}

const placeOf = ({ position }: Problem): string =>
  position === undefined ? '' : `${position.file}:${position.line}:${position.column} `

const unreadableNote = (file: string, { sha, engine }: Baseline['record'], problem: Problem): Note => ({
  level: 'warning',
  message: `${file} as it was applied last (${sha.slice(0, 7)}, by Slipway ${engine}) cannot be read by this version: ${placeOf(problem)}${problem.message}`,
  advice:
    'What it made and no file names now is removed only where it bears this environment’s mark. What someone changed by hand cannot be told from what the file changes, and labels that left the file stay.',
})
