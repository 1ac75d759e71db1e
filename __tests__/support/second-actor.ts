import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plan } from '../../src/core/plan.ts'
import type { Project } from '../../src/emulator/store.ts'
import { canaryTokens } from './canaries.ts'
import { converge, type Verdict } from './converge.ts'
import { type Document, textOf } from './environments.ts'
import { keyOf } from './kill.ts'
import { type Meddling, meddlings } from './meddlings.ts'
import { project } from './one-file.ts'
import { startWorld, type World } from './world.ts'

/** How many things there are to meddle with. */
export const meddlingCount = meddlings.length

/** What was overwritten unseen where an API has no precondition, by kind and setting, with how often. */
export const windows = new Map<string, number>()

/** Kinds whose changes are guarded by a precondition, and those that SECURITY.md lists as windows by its words. */
const listed: Readonly<Record<string, string>> = {
  'service-account': '**Service accounts**: text, enable, disable, delete.',
  cluster: '**Clusters**: every field but labels and maintenance.',
  'node-pool': '**Node pools**: every field; labels, taints and tags are sent whole.',
}

const security = readFileSync(join(import.meta.dirname, '..', '..', 'SECURITY.md'), 'utf8')

/** Whether what is said about windows tells of this one. Labels and marks of clusters have a fingerprint. */
const isListed = ({ address, path }: Meddling): boolean => {
  const [kind = ''] = address.split('/')
  const words = listed[kind]
  const guarded = kind === 'cluster' && /^(labels|mark)/.test(path)
  return words !== undefined && !guarded && security.includes(words)
}

/** What a second actor does, and when: from 0, before the apply begins, up to 1, when its last writes arrive. */
export interface Interference {
  readonly chosen: readonly number[]
  readonly when: number
}

interface Actor {
  /** Lets the second actor act from now on. */
  world: World | undefined
  done: { readonly one: Meddling; readonly left: string }[]
}

/** Does it all at once; what runs at Google is over first, since nobody can change what an operation holds. */
const meddle = async (actor: Actor, chosen: readonly number[]): Promise<void> => {
  const { world } = actor
  const state = world?.google.state.find(project)
  if (world === undefined || state === undefined) return
  actor.world = undefined
  await world.google.finish()
  const possible = chosen.flatMap(index => meddlings[index] ?? []).filter(one => one.isPossible(state))
  for (const { act } of possible) act(state)
  actor.done = possible.map(one => ({ one, left: JSON.stringify(one.read(state)) }))
}

/**
 * Law 5: applies `from`, has the step to `to` reviewed, and applies it while a second actor meddles at some point. Either
 * nothing is written, or what was meddled with stays as it was left unless a reviewed step names it, or the API had no
 * precondition and SECURITY.md says so.
 */
export const meddledBetween = async (
  [from, to]: readonly [Document, Document],
  { chosen, when }: Interference,
): Promise<Verdict> => {
  const actor: Actor = { world: undefined, done: [] }
  let [writes, before] = [0, 0]
  const world = await startWorld({
    tokens: canaryTokens,
    hooks: {
      onRequest: async ({ httpMethod, path }) => {
        if (actor.world === undefined || keyOf({ method: httpMethod, path }) === undefined) return
        if (++writes === before) await meddle(actor, chosen)
      },
    },
  })
  try {
    if ((await converge(world, from)) !== 'held') return { unusable: 'the first one' }
    const text = textOf(to)
    const reviewed = await world.plan(text).catch(() => undefined)
    if (reviewed === undefined || reviewed.problems.length > 0) return { unusable: 'no plan to review' }
    actor.world = world
    before = Math.round(when * reviewed.steps.filter(({ action }) => action !== 'settle').length)
    if (before === 0) await meddle(actor, chosen)
    return await applyMeddled(world, text, reviewed, actor)
  } finally {
    await world.close()
  }
}

const applyMeddled = async (world: World, text: string, reviewed: Plan, actor: Actor): Promise<Verdict> => {
  const before = JSON.stringify(await world.everything())
  const applied = await world.apply(text, reviewed)
  if (actor.world !== undefined) return { unusable: 'over before its turn' }
  if (applied.ended === 'refused') {
    if (JSON.stringify(await world.everything()) !== before) throw new Error('a refused apply wrote')
    return 'refused'
  }
  const state = world.google.state.find(project)
  if (state === undefined) throw new Error('no project')
  const unseen = overrun(actor, state, reviewed)
  for (const { address, path } of unseen.filter(isListed)) {
    const name = `${address.split('/')[0]} ${path}`
    windows.set(name, (windows.get(name) ?? 0) + 1)
  }
  const worse = unseen.filter(one => !isListed(one))
  if (worse.length > 0)
    throw new Error(`nobody reviewed ${worse.map(({ address, path }) => `${address} ${path}`).join(', ')}`)
  const strange = applied.plan.steps.filter(
    ({ address, action }) => action !== 'settle' && !reviewed.steps.some(step => step.address === address),
  )
  if (strange.length > 0)
    throw new Error(`not among the reviewed steps: ${strange.map(({ address }) => address).join(', ')}`)
  return 'held'
}

const overrun = ({ done }: Actor, state: Project, reviewed: Plan): readonly Meddling[] =>
  done
    .filter(({ one, left }) => JSON.stringify(one.read(state)) !== left && !isReviewed(reviewed, one))
    .map(({ one }) => one)

const isReviewed = ({ steps }: Plan, { address, path }: Meddling): boolean =>
  steps.some(
    step =>
      step.address === address &&
      (step.action === 'create' ||
        step.action === 'remove' ||
        step.changes.some(change => change.path.join('.') === path)),
  )
