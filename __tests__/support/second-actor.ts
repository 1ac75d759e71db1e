import type { Applied } from '../../src/commands/apply.ts'
import type { Plan } from '../../src/core/plan.ts'
import type { Project } from '../../src/emulator/store.ts'
import { canaryTokens } from './canaries.ts'
import { converge, type Verdict } from './converge.ts'
import { type Document, textOf } from './environments.ts'
import { keyOf } from './kill.ts'
import type { Meddling } from './meddling.ts'
import { meddlings } from './meddlings.ts'
import { project } from './one-file.ts'
import { bearing, isListed } from './windows.ts'
import { startWorld, type World } from './world.ts'

/** How many things there are to meddle with. */
export const meddlingCount = meddlings.length

/** What was overwritten unseen where an API has no precondition, by kind and setting, with how often. */
export const windows = new Map<string, number>()

/** How often something else was set where a reviewed step was about to write, and how often the apply said so. */
export const conflicts = { met: 0, named: 0 }

/** What a second actor does, and when: from 0, before the apply begins, up to 1, as its last write arrives. */
export interface Interference {
  /** Numbers of meddlings. */
  readonly chosen: readonly number[]
  /** Numbers among those that get in the way of what was reviewed; there may be none of them. */
  readonly inTheWay: readonly number[]
  readonly when: number
}

interface Actor {
  /** Lets the second actor act from now on. */
  world: World | undefined
  readonly reviewed: Plan
  readonly interference: Interference
  done: { readonly one: Meddling; readonly left: string }[]
}

/** Those of some meddlings at the numbers, as often round as it takes. */
const taken = (from: readonly Meddling[], numbers: readonly number[]): readonly Meddling[] =>
  numbers.flatMap(number => from[number % from.length] ?? [])

const picked = ({ chosen, inTheWay }: Interference, reviewed: Plan): ReadonlySet<Meddling> => {
  const isWanted = ({ address, rivals }: Meddling): boolean =>
    rivals !== true || reviewed.steps.some(step => step.address === address && step.action === 'create')
  const wanted = meddlings.filter(isWanted)
  const others = wanted.filter(one => one.rivals === true || bearing(reviewed, one) === 'conflict')
  return new Set([...taken(others, inTheWay), ...taken(meddlings, chosen).filter(isWanted)])
}

/** Does it all at once; what runs at Google is over first, since nobody can change what an operation holds. */
const meddle = async (actor: Actor): Promise<void> => {
  const { world, reviewed, interference } = actor
  const state = world?.google.state.find(project)
  if (world === undefined || state === undefined) return
  actor.world = undefined
  await world.google.finish()
  for (const one of picked(interference, reviewed)) {
    if (!one.isPossible(state)) continue
    await one.act(state, world.google.seed(project))
    actor.done.push({ one, left: '' })
  }
  actor.done = actor.done.map(({ one }) => ({ one, left: JSON.stringify(one.read(state)) }))
}

/**
 * Law 5: applies `from`, has the step to `to` reviewed, and applies it while a second actor meddles as one of its writes
 * arrives. Whatever that actor did stands afterwards, unless it is what was reviewed as the start or the end of a change,
 * or the API had no precondition and SECURITY.md says so; where it stands in the way of a change, the apply says so.
 */
export const meddledBetween = async (
  [from, to]: readonly [Document, Document],
  interference: Interference,
): Promise<Verdict> => {
  const holder: { actor: Actor | undefined } = { actor: undefined }
  let [writes, before] = [0, 0]
  const world = await startWorld({
    tokens: canaryTokens,
    hooks: {
      onRequest: async ({ httpMethod, path }) => {
        const { actor } = holder
        if (actor?.world === undefined || keyOf({ method: httpMethod, path }) === undefined) return
        if (++writes === before) await meddle(actor)
      },
    },
  })
  try {
    if ((await converge(world, from)) !== 'held') return { unusable: 'the first one' }
    const text = textOf(to)
    const reviewed = await world.plan(text).catch(() => undefined)
    if (reviewed === undefined || reviewed.problems.length > 0) return { unusable: 'no plan to review' }
    const count = await writesOf(world, text, reviewed)
    if (count === 0) return { unusable: 'nothing to write' }
    before = Math.round(interference.when * count)
    const actor: Actor = { world, reviewed, interference, done: [] }
    holder.actor = actor
    if (before === 0) await meddle(actor)
    return await applyMeddled(world, text, actor)
  } finally {
    await world.close()
  }
}

/** How many requests an apply sends that change something, if nobody meddles; counted in a copy. */
const writesOf = async (world: World, text: string, reviewed: Plan): Promise<number> => {
  await world.google.finish()
  const calm = await world.copy()
  try {
    await calm.apply(text, reviewed)
    return calm.google.requests.all.filter(
      ({ httpMethod, path }) => keyOf({ method: httpMethod, path }) !== undefined,
    ).length
  } finally {
    await calm.close()
  }
}

const applyMeddled = async (world: World, text: string, actor: Actor): Promise<Verdict> => {
  const before = JSON.stringify(await world.everything())
  const applied = await world.apply(text, actor.reviewed)
  if (actor.world !== undefined) return { unusable: 'over before its turn' }
  if (actor.done.length === 0) return { unusable: 'nothing to meddle with' }
  if (applied.ended === 'refused') {
    if (JSON.stringify(await world.everything()) !== before) throw new Error('a refused apply wrote')
    return 'refused'
  }
  const state = world.google.state.find(project)
  if (state === undefined) throw new Error('no project')
  judge(actor, state, applied)
  return 'held'
}

const judge = ({ done, reviewed }: Actor, state: Project, applied: Applied & { ended: 'done' }): void => {
  const wrong: string[] = []
  for (const { one, left } of done) {
    const what = `${one.address} ${one.path}`
    const now = JSON.stringify(one.read(state))
    const how = bearing(reviewed, one)
    if (how === 'conflict') conflicts.met++
    if (now !== left && how !== 'reviewed') {
      if (isListed(one)) windows.set(nameOf(one), (windows.get(nameOf(one)) ?? 0) + 1)
      else wrong.push(`${what} was overwritten unseen: ${left} became ${now}`)
    } else if (how === 'conflict') {
      if (isNamed(applied, one)) conflicts.named++
      else if (claimsAll(applied)) wrong.push(`${what} stands in the way, and nothing says so`)
    }
  }
  const strange = applied.plan.steps.filter(
    ({ address, action }) => action !== 'settle' && !reviewed.steps.some(step => step.address === address),
  )
  wrong.push(...strange.map(({ address }) => `${address} is not among the reviewed steps`))
  if (wrong.length > 0) throw new Error(wrong.join('; '))
}

const nameOf = ({ address, path }: Meddling): string => `${address.split('/')[0]} ${path || 'made'}`

/** Whether an apply says that everything was done, so that it has looked at everything once more. */
const claimsAll = ({ result }: Applied & { ended: 'done' }): boolean =>
  result.outcomes.every(({ ending }) => ending === 'applied' || ending === 'already')

/** Whether what an apply failed with, or found still to be done, tells of it. */
const isNamed = ({ result }: Applied & { ended: 'done' }, { address, path }: Meddling): boolean =>
  [...result.outcomes.flatMap(({ problem }) => problem ?? []), ...result.left].some(
    problem => problem.address === address && problem.message.includes(path),
  )
