import type { Gone } from '../core/make-plan.ts'
import type { Note } from '../core/plan.ts'
import type { Problem } from '../core/problem.ts'
import type { Address, Observed, Resource } from '../core/resource.ts'
import type { PlanningPorts } from '../kinds/kind.ts'
import { goneFrom } from './baseline.ts'
import { believed, hintedBy, versionNotes } from './hinted.ts'
import { observeAll } from './observe.ts'
import { orphanNotes } from './orphans.ts'
import type { PlanOptions } from './plan.ts'
import type { Subject } from './subject.ts'

/** What a look at the cloud gives a plan. */
export interface Looked {
  /** What is wanted, by address. */
  readonly seen: ReadonlyMap<Address, Observed>
  /** What was applied before and nobody wants any more, as far as it is believed. */
  readonly gone: readonly Gone[]
  readonly notes: readonly Note[]
  readonly problems: readonly Problem[]
}

/** Looks at what is wanted, at what is no longer wanted, and for what bears the mark and is in no file. */
export const lookAround = async (
  subject: Subject,
  options: PlanOptions,
  desired: readonly Resource[],
  recorded: readonly Resource[],
): Promise<Looked> => {
  const { kinds, ports, baseline, engine } = options
  const wanted = new Set([...desired.map(({ identity }) => identity), ...options.wantedElsewhere])
  const known = new Set([...wanted, ...recorded.map(({ identity }) => identity)])
  const hinted = hintedBy(baseline ?? {}, known, subject, kinds)
  const left = goneFrom([...recorded, ...hinted.resources], wanted, kinds)
  const [seen, seenLeft, problems, orphans] = await Promise.all([
    observeAll(kinds, desired, ports),
    observeAll(
      kinds,
      left.map(({ resource }) => resource),
      ports,
    ),
    missingCluster(subject, ports),
    orphansOf(subject, options, [...desired, ...recorded, ...hinted.resources]),
  ])
  const { gone, notes } = believed(left, seenLeft, hinted, subject.name)
  return {
    seen,
    gone: gone.map(one => ({ ...one, observed: seenLeft.get(one.resource.address) ?? { state: 'absent' } })),
    notes: [...versionNotes(subject, baseline, engine), ...notes, ...orphans],
    problems,
  }
}

/**
 * Looks for orphans among the kinds that are looked at anyway, which costs no request; among all of them where no record
 * tells what there is.
 */
const orphansOf = (
  subject: Subject,
  { kinds, ports, baseline, wantedElsewhere }: PlanOptions,
  resources: readonly Resource[],
): Promise<readonly Note[]> => {
  const looked = new Set(resources.map(({ kind }) => kind))
  const known = new Set([...wantedElsewhere, ...resources.map(({ identity }) => identity)])
  const all = [...kinds.values()]
  const chosen = baseline === undefined ? all : all.filter(({ kind }) => looked.has(kind))
  return orphanNotes(subject, chosen, known, ports)
}

/** A cluster that is only used must be there: it is nobody's to create. */
const missingCluster = async (
  { uses, file }: Subject,
  { kubernetes }: PlanningPorts,
): Promise<readonly Problem[]> => {
  if (uses === undefined || (await kubernetes.reader(uses)) !== undefined) return []
  return [
    {
      message: `The cluster ${uses.name} is not in ${uses.location} of project ${uses.project}.`,
      advice: `Name a cluster that exists under \`cluster: {use: …}\` in ${file}, or leave \`use\` out to have one made.`,
    },
  ]
}
