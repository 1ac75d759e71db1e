import type { Plan } from '../../src/core/plan.ts'
import type { Document } from './environments.ts'
import { usedBy } from './foreign.ts'

/** In how many of the environments that were made a kind was made or changed, and `use` and `delete` by their names. */
const drawn = new Map<string, number>()

/** Counts what an environment that was made held. */
export const countKinds = ({ steps }: Plan, document: Document): void => {
  const names = new Set([
    ...steps.map(({ kind }) => kind),
    ...(usedBy(document).length > 0 ? ['use'] : []),
    ...(document.delete === undefined ? [] : ['delete']),
  ])
  for (const name of names) drawn.set(name, (drawn.get(name) ?? 0) + 1)
}

/** Begins to count again. */
export const resetKinds = (): void => drawn.clear()

/** Prints how many environments had each kind, and says which of `names` had fewer than `least`. */
export const kindsBelow = (law: string, names: readonly string[], least: number): readonly string[] => {
  const counts = names.map(name => `${name}: ${drawn.get(name) ?? 0}`)
  process.stdout.write(
    `LAW ${law} made or changed in so many environments, each in ${least} at least: ${counts.join(', ')}\n`,
  )
  return names
    .filter(name => (drawn.get(name) ?? 0) < least)
    .map(name => `${name} was drawn ${drawn.get(name) ?? 0} times only`)
}
