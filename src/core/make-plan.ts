import type { Cause, Change } from './change.ts'
import { type Begun, difference } from './diff.ts'
import {
  handedOver,
  isProtected,
  leaving,
  vouched,
  wouldForget,
  wouldLoseData,
  wouldReplace,
} from './gone.ts'
import { type JsonObject, type Path, showPath, showValue, valueAt, withValueAt } from './json.ts'
import { factsOf, stepOf } from './make-step.ts'
import { orderedSteps } from './order-steps.ts'
import type { Note, Plan, Step } from './plan.ts'
import { isPosition, type Problem } from './problem.ts'
import { type Outputs, type Resolver, referenceParts, referencesIn } from './reference.ts'
import type { Absent, Address, Observed, Present, Resource } from './resource.ts'
import type { KindFacts } from './rules.ts'

/** What a plan is made of. */
export interface PlanInput {
  readonly environment: string
  readonly project: string
  readonly file: string
  readonly engine: string
  readonly desired: readonly Resource[]
  readonly observed: ReadonlyMap<Address, Observed>
  /** What was applied before, by address; undefined: no trustworthy record. */
  readonly baseline: ReadonlyMap<Address, Resource> | undefined
  /** The engine version of that record; another one than `engine` labels differences that the presets made. */
  readonly baselineEngine?: string
  /** Identities in it that no apply brought to its end: what differs of them is not yet done, and nobody's drift. */
  readonly onlyBegun?: ReadonlySet<string>
  /** What applies that did not end well wanted since, oldest first, by identity. */
  readonly begun?: ReadonlyMap<string, readonly Begun[]>
  /** Resources of the record that no file wants any more, with what was seen of them. */
  readonly gone: readonly Gone[]
  /** Addresses that the file's `delete:` names. */
  readonly deletable: ReadonlySet<Address>
  readonly kinds: ReadonlyMap<string, KindFacts>
  readonly notes: readonly Note[]
  readonly url?: Plan['url']
}

/** A resource of the record that no file wants any more. */
export interface Gone {
  readonly resource: Resource
  readonly observed: Observed
  /** The address that it had in its file, where that is another one now. */
  readonly was?: Address
  /** True if only a record names it and its mark vouches for it: the file at the record's commit does not mean it. */
  readonly byMark?: boolean
}

/** The path at which a kind's mark stands in a spec; handled here, the same for every kind. */
export const markPath = ['mark'] as const

/**
 * Compares what is wanted with what is there and orders what is to be done. Pure: no clock, no I/O.
 * @throws CycleError if resources wait for one another; MissingRuleError for a defect of a kind.
 */
export const makePlan = (input: PlanInput): Plan => {
  const results = [
    ...input.desired.map(resource => planOne(input, resource)),
    ...input.gone.map(one => planGone(input, one)),
  ]
  const steps = results.flatMap(({ step }) => step ?? [])
  return {
    format: 'slipway-plan/1',
    environment: input.environment,
    project: input.project,
    file: input.file,
    engine: input.engine,
    steps: orderedSteps(input.desired, steps, input.kinds),
    notes: [...input.notes, ...results.flatMap(({ notes = [] }) => notes)],
    problems: results.flatMap(({ problems = [] }) => problems),
    pins: pinsOf(input),
    unchanged: results.filter(({ step, problems = [] }) => step === undefined && problems.length === 0)
      .length,
    outputs: outputsOf(input.observed),
    ...(input.url === undefined ? {} : { url: input.url }),
    recorded: input.baseline !== undefined,
    ...(isNew(input) ? { isNew: true } : {}),
  }
}

/** Some of what is wanted would bear the environment's mark, and nothing that is there does. */
const isNew = ({ environment, desired, observed, baseline }: PlanInput): boolean =>
  baseline === undefined &&
  desired.some(({ spec }) => valueAt(spec, markPath) !== undefined) &&
  [...observed.values()].every(
    one => one.state === 'absent' || (one.state === 'present' && one.mark !== environment),
  )

interface Result {
  readonly step?: Step
  readonly notes?: readonly Note[]
  readonly problems?: readonly Problem[]
}

const planOne = (input: PlanInput, resource: Resource): Result => {
  const observed = input.observed.get(resource.address)
  if (observed === undefined) throw new Error(`nothing was observed for ${resource.address}`)
  switch (observed.state) {
    case 'unknown':
      return { problems: [{ ...observed.problem, address: resource.address }] }
    case 'absent':
      return { step: stepOf(input, resource, { action: 'create', changes: [], about: observed.assumed }) }
    case 'present':
      return planPresent(input, resource, observed)
  }
}

const planPresent = (input: PlanInput, resource: Resource, observed: Present): Result => {
  const { mark } = observed
  if (typeof mark === 'string' && mark !== input.environment) return { problems: [belongsTo(resource, mark)] }
  const { changes, released } = difference({
    desired: resource.spec,
    observed,
    baseline: input.baseline?.get(resource.address)?.spec,
    rules: factsOf(input, resource.kind).rules,
    lookUp: lookUpIn(input.observed),
    sources: resource.sources,
    unchangedCause: unchangedCause(input, resource),
    begun: input.begun?.get(resource.identity) ?? [],
  })
  const action = mark === null ? 'adopt' : changes.length > 0 ? 'update' : 'settle'
  const about = observed.settling ?? observed.about
  const idle = action === 'settle' && observed.settling === undefined
  return {
    ...(idle ? {} : { step: stepOf(input, resource, { action, changes, about }) }),
    notes: released.map(path => releasedNote(resource, path, observed)),
    problems: changes.filter(({ effect }) => effect === 'refused').map(change => refusal(resource, change)),
  }
}

/** Why something differs although the file says of it what it said before. */
const unchangedCause = (
  { onlyBegun, begun, baselineEngine, engine }: PlanInput,
  { identity }: Resource,
): Cause => {
  if (onlyBegun?.has(identity) === true) return 'file'
  const engines = [baselineEngine ?? engine, ...(begun?.get(identity) ?? []).map(({ by }) => by.engine)]
  return engines.every(one => one === engine) ? 'drift' : 'engine'
}

/** A resource that was applied before and that no file wants any more. */
const planGone = (
  input: PlanInput,
  { resource, observed, was = resource.address, byMark = false }: Gone,
): Result => {
  if (observed.state === 'absent') return planLeftover(input, resource, observed)
  const { holdsData, protection } = factsOf(input, resource.kind)
  const guard = protection === undefined || resource.spec[protection] === false ? undefined : protection
  const mayGo = !holdsData || input.deletable.has(was)
  if (observed.state === 'unknown' && (observed.leaving === undefined || !mayGo))
    return { problems: [{ ...observed.problem, address: resource.address }] }
  const { mark, about } = observed.state === 'present' ? observed : { ...observed.leaving, about: leaving }
  if (typeof mark === 'string' && mark !== input.environment) return { notes: [handedOver(resource, mark)] }
  const successor = input.desired.find(({ address }) => address === was)
  if (holdsData && byMark) return { problems: [wouldForget(resource, guard)] }
  if (holdsData && successor !== undefined) return { problems: [wouldReplace(resource, successor)] }
  if (!mayGo) return { problems: [wouldLoseData(resource, guard)] }
  if (guard !== undefined) return { problems: [isProtected(resource, guard)] }
  const address = successor === undefined ? resource.address : `${resource.address} (before)`
  return {
    step: stepOf(
      input,
      { ...resource, address },
      { action: 'remove', changes: [], about: byMark ? vouched : about },
    ),
  }
}

/** It is gone, but a run that died left a part of it that says that it was ours: no data is lost with that. */
const planLeftover = (input: PlanInput, resource: Resource, { leftover }: Absent): Result =>
  leftover?.mark === input.environment
    ? { step: stepOf(input, resource, { action: 'remove', changes: [], about: leftover.about }) }
    : {}

const belongsTo = ({ address, identity, sources }: Resource, mark: string): Problem => {
  const position = [sources.name, sources['']].find(isPosition)
  return {
    address,
    message: `${identity} belongs to environment ${mark}: its mark says so.`,
    advice: 'Give this one another name, or share it with `use:`.',
    ...(position === undefined ? {} : { position }),
  }
}

const refusal = ({ address }: Resource, { path, from, to, words, recipe, source }: Change): Problem => ({
  address,
  message: `${address}: ${showPath(path)} cannot change from ${showValue(from)} to ${showValue(to)}${words === undefined ? '' : `: ${words}`}.`,
  ...(recipe === undefined ? {} : { advice: recipe }),
  ...(isPosition(source) ? { position: source } : {}),
})

const releasedNote = ({ address }: Resource, path: Path, { spec }: Present): Note => ({
  level: 'info',
  message: `${address}: ${showPath(path)} is no longer managed; it stays as it is: ${showValue(valueAt(spec, path))}.`,
  address,
  released: true,
})

const lookUpIn =
  (observed: ReadonlyMap<Address, Observed>): Resolver =>
  (address, output) => {
    const target = observed.get(address)
    return target?.state === 'present' ? target.outputs[output] : undefined
  }

const outputsOf = (observed: ReadonlyMap<Address, Observed>): Record<Address, Outputs> =>
  Object.fromEntries(
    [...observed].flatMap(([address, seen]) =>
      seen.state === 'present' && Object.keys(seen.outputs).length > 0 ? [[address, seen.outputs]] : [],
    ),
  )

/** The output by which secrets give their latest enabled version. */
export const versionOutput = 'version'

/** Every secret that a wanted spec refers to by version, with the version that is the latest enabled one now. */
const pinsOf = ({ desired, observed }: PlanInput): Record<Address, string> => {
  const used = desired.flatMap(({ spec }) => referencesIn(spec)).map(referenceParts)
  const pins: Record<Address, string> = {}
  for (const { address, output } of used) {
    const version = output === versionOutput ? lookUpIn(observed)(address, output) : undefined
    if (typeof version === 'string') pins[address] = version
  }
  return pins
}

/** `spec` with our mark, for kinds that carry one. */
export const marked = (spec: JsonObject, environment: string): JsonObject =>
  withValueAt(spec, markPath, environment)
