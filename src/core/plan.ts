import type { Change } from './change.ts'
import { digestOf } from './digest.ts'
import type { Json, JsonObject } from './json.ts'
import type { Problem, Source } from './problem.ts'
import type { Outputs } from './reference.ts'
import type { Address } from './resource.ts'

/**
 * What apply does with one resource. `settle` waits for an operation that still runs; `adopt` takes over what exists
 * unmarked (and changes what differs).
 */
export type Action = 'create' | 'adopt' | 'update' | 'settle' | 'remove'

/** One resource that is not as it should be. Plain data. */
export interface Step {
  readonly address: Address
  readonly kind: string
  readonly identity: string
  readonly action: Action
  /** The whole wanted spec, references symbolic; for `remove`, the spec that was applied before. */
  readonly spec: JsonObject
  /** Empty for `create`, `settle` and `remove`. */
  readonly changes: readonly Change[]
  /** Steps of this plan that must end first. */
  readonly after: readonly Address[]
  /** Least and most seconds that it usually takes. */
  readonly takes: readonly [number, number]
  readonly source?: Source
  /** Short facts for people: what is assumed, what is still running, what the API says of it. */
  readonly about?: string
}

/** Something the reader should know. `manual`: to be done by hand, once. */
export interface Note {
  readonly level: 'warning' | 'info' | 'manual'
  readonly message: string
  readonly advice?: string
  readonly source?: Source
  readonly address?: Address
  /** It tells of a field that the file no longer sets: taking it out has not changed it back. */
  readonly released?: true
}

/** Everything that would change in one environment; the only input of apply. Plain data. */
export interface Plan {
  readonly format: 'slipway-plan/1'
  readonly environment: string
  readonly project: string
  readonly file: string
  /** The version of Slipway that made it. */
  readonly engine: string
  /** In the order in which apply may begin them. */
  readonly steps: readonly Step[]
  readonly notes: readonly Note[]
  /** What stands in the way: refused changes, unknown resources. A plan with problems cannot be applied. */
  readonly problems: readonly Problem[]
  /** Versions of secrets that this plan uses, by the secret's address. */
  readonly pins: Readonly<Record<Address, string>>
  /** How many resources are as they should be. */
  readonly unchanged: number
  /** What is known of resources that exist, for references. Live values: not part of the digest. */
  readonly outputs: Readonly<Record<Address, Outputs>>
  /** Where the environment answers once it is applied; symbolic until its address is known. */
  readonly url?: Json
  /** False: no trustworthy record was found, so nothing can be removed and drift cannot be told from edits. */
  readonly recorded: boolean
  /** Nothing that is there belongs to this environment yet: it is its first apply, and no record is missing. */
  readonly isNew?: true
}

/** True if there is nothing to do and nothing in the way. */
export const isEmpty = (plan: Plan): boolean => plan.steps.length === 0 && plan.problems.length === 0

/** What the digest covers: everything that a reviewer agreed to, nothing that moves by itself. */
const contract = ({ environment, project, steps, pins, problems }: Plan): Json => ({
  environment,
  project,
  pins,
  problems: problems.map(({ message, address = '' }) => ({ message, address })),
  steps: steps
    .filter(({ action }) => action !== 'settle')
    .map(({ address, identity, action, spec, changes }) => ({
      address,
      identity,
      action,
      ...(action === 'create' ? { spec } : {}),
      changes: changes.map(({ path, from = null, to = null, effect }) => ({ path, from, to, effect })),
    })),
})

/** The sha256 of what was reviewed, 64 hexadecimal digits: equal digests promise equal effects. */
export const planDigest = (plan: Plan): string => digestOf(contract(plan))

/** The counts of a plan's row. `change` counts resources, `interrupts` those whose change people feel. */
export interface Counts {
  readonly create: number
  readonly change: number
  readonly adopt: number
  readonly interrupts: number
  readonly remove: number
  readonly refused: number
}

/** Counts what a plan does. */
export const countsOf = ({ steps, problems }: Plan): Counts => {
  const having = (action: Action) => steps.filter(step => step.action === action).length
  const felt = ({ effect }: Change) => effect === 'restart' || effect === 'recreate-nodes'
  return {
    create: having('create'),
    change: having('update'),
    adopt: having('adopt'),
    interrupts: steps.filter(({ changes }) => changes.some(felt)).length,
    remove: having('remove'),
    refused: problems.length,
  }
}

/** Least and most seconds along the longest chain of steps. */
export const duration = ({ steps }: Pick<Plan, 'steps'>): readonly [number, number] => {
  const ends = new Map<Address, readonly [number, number]>()
  let total: readonly [number, number] = [0, 0]
  for (const { address, after, takes } of steps) {
    const starts = after.map(before => ends.get(before) ?? ([0, 0] as const))
    const start = [0, 1].map(side => Math.max(0, ...starts.map(range => range[side] ?? 0)))
    const end = [(start[0] ?? 0) + takes[0], (start[1] ?? 0) + takes[1]] as const
    ends.set(address, end)
    total = [Math.max(total[0], end[0]), Math.max(total[1], end[1])]
  }
  return total
}
