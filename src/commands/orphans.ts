import type { Note } from '../core/plan.ts'
import { SlipwayError } from '../core/problem.ts'
import type { Resource } from '../core/resource.ts'
import type { Kind, PlanningPorts } from '../kinds/kind.ts'

/** So many are named; the others are counted. */
const most = 20

/** Where orphans are looked for, and what is none. */
export interface Search {
  readonly kinds: readonly Kind[]
  /** What the plan looks at: what is inside of something is looked for where they are. */
  readonly resources: readonly Resource[]
  /** Identities that a file or a record names. */
  readonly known: Pick<ReadonlySet<string>, 'has'>
  /** Names of all environments that have a file; undefined: not known. */
  readonly environments: ReadonlySet<string> | undefined
  readonly ports: PlanningPorts
}

/**
 * Orphans: what bears a mark, the environment's own or that of one without a file, and no file and no record names. They
 * are said and never deleted. What cannot be looked at is passed over: a plan does not depend on it.
 */
export const orphanNotes = async (
  { name, project }: { readonly name: string; readonly project: string },
  { kinds, resources, known, environments, ports }: Search,
): Promise<readonly Note[]> => {
  const marks = await Promise.all(
    kinds.map(async kind => [...((await kind.marks?.(project, ports, resources).catch(passed)) ?? [])]),
  )
  const unknown = marks.flat().filter(([identity]) => !known.has(identity))
  const byMark = Map.groupBy(unknown, ([, mark]) => mark)
  return [...byMark]
    .filter(([mark]) => mark === name || environments?.has(mark) === false)
    .map(([mark, found]) => noteOf(mark, found.map(([identity]) => identity).sort(), mark === name))
    .sort((a, b) => a.message.localeCompare(b.message))
}

/** Things of an environment without a file may be another repository's: that is worth a line, not a warning. */
const noteOf = (mark: string, orphans: readonly string[], isOwn: boolean): Note => {
  const shown = orphans.slice(0, most).map(identity => `\`${identity}\``)
  const more = orphans.length > most ? `, and ${orphans.length - most} more` : ''
  const whose = isOwn ? `the mark of ${mark}` : `the mark of ${mark}, an environment without a file here`
  return {
    level: isOwn ? 'warning' : 'info',
    message: `In no file, but with ${whose}: ${shown.join(', ')}${more}. Nothing is done with ${orphans.length === 1 ? 'it' : 'them'}.`,
    advice: isOwn
      ? 'Name it in the file to have it looked after again, or delete it by hand.'
      : `If ${mark} is an environment of another repository, that is where they are looked after; else bring its file back, or delete them by hand.`,
  }
}

const passed = (error: unknown): undefined => {
  if (!(error instanceof SlipwayError)) throw error
}
