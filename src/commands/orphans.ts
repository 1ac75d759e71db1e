import type { Note } from '../core/plan.ts'
import { SlipwayError } from '../core/problem.ts'
import type { Kind, PlanningPorts } from '../kinds/kind.ts'

/** So many are named; the others are counted. */
const most = 20

/**
 * Orphans: what bears the environment's mark and no file and no record names. They are said and never deleted. What
 * cannot be looked at is passed over: a plan does not depend on it.
 */
export const orphanNotes = async (
  { name, project }: { readonly name: string; readonly project: string },
  kinds: readonly Kind[],
  known: Pick<ReadonlySet<string>, 'has'>,
  ports: PlanningPorts,
): Promise<readonly Note[]> => {
  const found = await Promise.all(
    kinds.map(async ({ marks }) => {
      const all = await marks?.(project, ports).catch(passed)
      return [...(all ?? [])].flatMap(([identity, mark]) =>
        mark === name && !known.has(identity) ? [identity] : [],
      )
    }),
  )
  const orphans = found.flat().sort()
  if (orphans.length === 0) return []
  const shown = orphans.slice(0, most).map(identity => `\`${identity}\``)
  const more = orphans.length > most ? `, and ${orphans.length - most} more` : ''
  return [
    {
      level: 'warning',
      message: `In no file, but with the mark of ${name}: ${shown.join(', ')}${more}. Nothing is done with ${orphans.length === 1 ? 'it' : 'them'}.`,
      advice: 'Name it in the file to have it looked after again, or delete it by hand.',
    },
  ]
}

const passed = (error: unknown): undefined => {
  if (!(error instanceof SlipwayError)) throw error
}
