import type { Gone } from '../core/make-plan.ts'
import type { Note } from '../core/plan.ts'
import { isPosition, type Problem } from '../core/problem.ts'
import type { Address, Observed, Resource } from '../core/resource.ts'
import type { PlanningPorts } from '../kinds/kind.ts'
import { goneFrom, type Left } from './baseline.ts'
import { believed, type Hinted, hintedBy, versionNotes } from './hinted.ts'
import { observeAll, observeReady } from './observe.ts'
import { orphanNotes } from './orphans.ts'
import type { PlanOptions } from './plan.ts'
import { isStrangers, spared } from './strangers.ts'
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

/** What kinds fill in by reading, while they are at it. */
interface Preparations {
  readonly preparing: Promise<{ readonly resources: readonly Resource[] }>
  readonly recording: Promise<{ readonly resources: readonly Resource[] }>
}

/** Looks at what is wanted, at what is no longer wanted, and for what bears the mark and is in no file. */
export const lookAround = async (
  subject: Subject,
  options: PlanOptions,
  { preparing, recording }: Preparations,
): Promise<Looked> => {
  const { kinds, ports, baseline, engine } = options
  const recorded = baseline?.resources ?? []
  const used = subject.shared ?? new Set<string>()
  const wanted = either(either(identitiesOf(subject.resources), used), options.wantedElsewhere)
  const hinted = hintedBy(baseline ?? {}, either(wanted, identitiesOf(recorded)), subject, kinds)
  const [seen, { gone, notes }, problems, orphans] = await Promise.all([
    observeReady(kinds, subject.resources, preparing, ports),
    recording.then(({ resources }) =>
      lookBehind(goneFrom([...resources, ...hinted.resources], wanted, kinds), hinted, subject.name, options),
    ),
    missingCluster(subject, ports),
    orphansOf(subject, options, [...subject.resources, ...recorded, ...hinted.resources]),
  ])
  const left = recorded.filter(({ identity }) => used.has(identity)).map(nowUsed)
  return {
    ...{ seen, gone, problems },
    notes: [...versionNotes(subject, baseline, engine), ...left, ...notes, ...orphans],
  }
}

/** It was made here, and the file says now that somebody else owns it. */
const nowUsed = ({ address, identity }: Resource): Note => ({
  level: 'info',
  message: `${address} is only used from now on; ${identity} stays as it is.`,
  address,
})

type Identities = Pick<ReadonlySet<string>, 'has'>

const identitiesOf = (resources: readonly Resource[]): Identities =>
  new Set(resources.map(({ identity }) => identity))

/** In one or the other. The sets are not joined: one of them holds what a whole repository wants. */
const either = (one: Identities, other: Identities): Identities => ({
  has: identity => one.has(identity) || other.has(identity),
})

/** Looks at what nobody wants any more, and says how much of it is believed. */
const lookBehind = async (
  left: readonly Left[],
  hinted: Hinted,
  environment: string,
  { kinds, ports, baseline }: PlanOptions,
): Promise<Pick<Looked, 'gone' | 'notes'>> => {
  const seen = await observeAll(
    kinds,
    left.map(({ resource }) => resource),
    ports,
  )
  const { gone, notes } = believed(left, seen, hinted, environment)
  const strangers = gone.filter(({ resource }) =>
    isStrangers(resource, seen.get(resource.address), baseline ?? {}),
  )
  return {
    gone: gone
      .filter(one => !strangers.includes(one))
      .map(one => ({ ...one, observed: seen.get(one.resource.address) ?? { state: 'absent' } })),
    notes: [...notes, ...strangers.map(({ resource }) => spared(resource))],
  }
}

/**
 * Looks for orphans among the kinds that are looked at anyway, which costs no request; among all of them where no record
 * tells what there is.
 */
const orphansOf = (
  subject: Subject,
  { kinds, ports, baseline, wantedElsewhere, environments, unreadable = [] }: PlanOptions,
  resources: readonly Resource[],
): Promise<readonly Note[]> => {
  const looked = new Set(resources.map(({ kind }) => kind))
  const known = either(either(wantedElsewhere, subject.shared ?? new Set()), identitiesOf(resources))
  const all = [...kinds.values()]
  return orphanNotes(subject, {
    kinds: baseline === undefined ? all : all.filter(({ kind }) => looked.has(kind)),
    resources,
    known,
    // A file that cannot be read is an environment, too, and nobody knows its name.
    environments: unreadable.length > 0 ? undefined : environments,
    ports,
  })
}

/** A cluster that is only used must be there: it is nobody's to create. */
const missingCluster = async (
  { uses, usesAt, file }: Subject,
  { kubernetes }: PlanningPorts,
): Promise<readonly Problem[]> => {
  if (uses === undefined || (await kubernetes.reader(uses)) !== undefined) return []
  return [
    {
      message: `The cluster ${uses.name} is not in ${uses.location} of project ${uses.project}.`,
      advice: `Name a cluster that exists under \`cluster: {use: …}\` in ${file}, or leave \`use\` out to have one made.`,
      ...(isPosition(usesAt) ? { position: usesAt } : {}),
    },
  ]
}
