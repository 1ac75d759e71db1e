import type { Reviewed } from '../core/coverage.ts'
import type { ApplyOptions } from './apply.ts'
import { identitiesOf, type Past } from './snapshot.ts'
import type { Subject } from './subject.ts'
import type { Workbench } from './workbench.ts'

/** What an environment is applied beside and after, and by what right. */
export interface Around {
  /** All environments at its commit. */
  readonly all: readonly Subject[]
  /** Files at its commit that cannot be read. */
  readonly unreadable: readonly string[]
  readonly past: Past
  readonly reviewed: Pick<Reviewed, 'plans' | 'approved'>
}

/** What applying one environment takes of a workbench; how it is recorded is the caller's. */
export const applyWith = (
  bench: Workbench,
  { project }: Pick<Subject, 'project'>,
  { all, unreadable, past, reviewed }: Around,
): Omit<ApplyOptions, 'begin'> => {
  const { kinds, engine, clock, signal, onEvent, redactor } = bench
  return {
    kinds,
    planning: () => bench.planning(project),
    applying: bench.applying(project),
    engine,
    clock,
    signal,
    baseline: past.baseline,
    wantedElsewhere: identitiesOf(all),
    unreadable,
    environments: new Set(all.map(({ name }) => name)),
    reviewed: { ...reviewed, unfinished: past.unfinished, applied: past.applied, kinds },
    onEvent,
    scrub: text => redactor.scrub(text),
  }
}
