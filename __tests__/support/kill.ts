import type { ApplyRecord } from '../../src/core/record.ts'
import type { Request } from '../../src/gcp/transport.ts'
import {
  everyGoogleKind,
  everyGoogleKindChanged,
  everyGoogleKindGone,
  everyGoogleKindRemoved,
  everyGoogleKindUnprotected,
} from './files.ts'
import { madeTwice, removedAt, removedBesides } from './google-twice.ts'
import { startWorld, type World, type WorldOptions } from './world.ts'

/** When, around one request, the process dies. */
export const moments = ['before it is sent', 'after it was taken', 'after its answer'] as const
/** One of `moments`. */
export type Moment = (typeof moments)[number]

/** A mutating request, by what it is sent to and how often that was done before. */
export interface Spot {
  readonly key: string
  readonly nth: number
}

/** What an apply that is killed was about: a file, and the one that was applied before it. */
export interface Journey {
  readonly name: string
  readonly before?: string
  readonly text: string
}

/** Everything is made. */
export const create: Journey = { name: 'create', text: everyGoogleKind }
/** Nearly everything is changed. */
export const update: Journey = { name: 'update', before: everyGoogleKind, text: everyGoogleKindChanged }
/** One of every kind is taken away, and the cluster and the instance stay. */
export const remove: Journey = {
  name: 'removal',
  before: everyGoogleKindChanged,
  text: everyGoogleKindRemoved,
}
/** Everything is taken away. */
export const clear: Journey = {
  name: 'clearance',
  before: everyGoogleKindUnprotected,
  text: everyGoogleKindGone,
}

/** Real-world slowness that every run of the kill law lives with: IAM that flaps, APIs that warm up. */
export const slowness: WorldOptions = { iamUnsettledReads: 2, servicePropagation: 20_000 }

/** Goes the part of a journey that nobody disturbs; `work` goes on from the world's copies, as often as it likes. */
export const setOut = async <T>(
  { before }: Pick<Journey, 'before'>,
  options: WorldOptions,
  work: (start: World) => Promise<T>,
): Promise<T> => {
  const start = await startWorld(options)
  try {
    if (before !== undefined) mustBeDone(await start.apply(before, await start.plan(before)))
    await start.google.finish()
    return await work(start)
  } finally {
    await start.close()
  }
}

class Killed extends Error {}

/** What a mutating request is known by; undefined for one that only reads. */
export const keyOf = ({ method, path }: Pick<Request, 'method' | 'path'>): string | undefined =>
  method === 'GET' || /:getIamPolicy$/.test(path)
    ? undefined
    : `${method} ${path.replace(/^\/(compute\/v1\/)?/, '')}`

/** A run that dies at a spot: from that moment on it sends nothing any more, and all it knows is lost. */
const dyingRun = (world: { current: World | undefined }, spot: Spot, moment: Moment) => {
  const state = { dead: false, reached: false, seen: 0 }
  const die = (): void => {
    state.dead = true
  }
  const isSpot = (entry: { readonly httpMethod: string; readonly path: string }): boolean =>
    state.reached && keyOf({ method: entry.httpMethod, path: entry.path }) === spot.key
  const onSend = (request: Request): void => {
    if (state.dead) throw new Killed()
    if (keyOf(request) !== spot.key || ++state.seen !== spot.nth) return
    state.reached = true
    if (moment === 'before it is sent') {
      die()
      throw new Killed()
    }
    if (moment === 'after it was taken')
      world.current?.google.faults.add({ match: isSpot, kind: 'reset-after-success' })
  }
  const hooks: WorldOptions['hooks'] = {
    afterHandled: entry => {
      if (isSpot(entry)) die()
    },
  }
  return { state, onSend, hooks }
}

/** What an undisturbed apply does. */
export interface Undisturbed {
  readonly spots: readonly Spot[]
  readonly snapshot: string
  /** Requests that changed something, and all requests. */
  readonly writes: number
  readonly requests: number
  /** Paths of what was deleted. */
  readonly removed: readonly string[]
  readonly record: ApplyRecord
}

/** Applies once without any disturbance. */
export const undisturbed = (journey = create): Promise<Undisturbed> =>
  setOut(journey, slowness, async start => {
    const world = await start.copy()
    try {
      return await calmRun(world, journey.text)
    } finally {
      await world.close()
    }
  })

const calmRun = async (world: World, text: string): Promise<Undisturbed> => {
  const seen = new Map<string, number>()
  const spots: Spot[] = []
  const onSend = (request: Request): void => {
    const key = keyOf(request)
    if (key === undefined) return
    const nth = (seen.get(key) ?? 0) + 1
    seen.set(key, nth)
    spots.push({ key, nth })
  }
  const applied = await world.apply(text, await world.plan(text), { onSend })
  mustBeDone(applied)
  const record = world.recorded()
  if (record === undefined) throw new Error('an apply left no record')
  const snapshot = JSON.stringify(await world.snapshot())
  if (snapshot.includes('"passwordFrom":[]')) throw new Error('a password is the payload of no secret')
  return {
    spots,
    record,
    snapshot,
    writes: world.google.requests.writes.length,
    requests: world.google.requests.all.length,
    removed: removedAt(world),
  }
}

/** Throws unless an apply ended with everything applied and nothing left. */
export const mustBeDone = (applied: Awaited<ReturnType<World['apply']>>): void => {
  if (applied.ended === 'refused')
    throw new Error(`refused: ${JSON.stringify([applied.uncovered, applied.plan.problems])}`)
  const { outcomes, left } = applied.result
  const failed = outcomes.filter(
    ({ ending }) => ending === 'failed' || ending === 'running' || ending === 'stopped',
  )
  if (failed.length + left.length > 0) throw new Error(`not applied: ${JSON.stringify([failed, left])}`)
}

/** What came of a kill and a rerun; `wrong` is empty if the law holds. */
export interface Survived {
  readonly reached: boolean
  readonly wrong: readonly string[]
  /** Writes that a process still began after it had said that it stops. */
  readonly late?: number | undefined
}

/**
 * Kills an apply of a text at a spot, applies again what was reviewed, and compares with an undisturbed one; `also` looks
 * closer.
 */
export const killAndRerun = async (
  start: World,
  text: string,
  { spot, moment }: { readonly spot: Spot; readonly moment: Moment },
  calm: Undisturbed,
  also: (world: World) => readonly string[] = () => [],
): Promise<Survived> => {
  const holder: { current: World | undefined } = { current: undefined }
  const { state, onSend, hooks } = dyingRun(holder, spot, moment)
  const world = await start.copy(hooks === undefined ? {} : { hooks })
  holder.current = world
  try {
    const reviewed = await world.plan(text)
    await world.apply(text, reviewed, { onSend }).catch(error => {
      if (!state.dead) throw error
    })
    if (!state.dead) return { reached: false, wrong: [] }
    const again = await world.apply(text, reviewed)
    const wrong = await wrongAfter(world, calm, () => mustBeDone(again))
    return { reached: true, wrong: [...wrong, ...also(world)] }
  } finally {
    await world.close()
  }
}

/** What differs after a killed and a second apply from an undisturbed one. */
export const wrongAfter = async (
  world: World,
  calm: Undisturbed,
  done: () => void,
): Promise<readonly string[]> => {
  const wrong: string[] = []
  try {
    done()
  } catch (error) {
    wrong.push(String(error))
  }
  if (JSON.stringify(await world.snapshot()) !== calm.snapshot) wrong.push('another end state')
  const { writes, all } = world.google.requests
  const extra = writes.length - calm.writes
  if (extra > 3) wrong.push(`${extra} writes more than an undisturbed run`)
  if (all.length > 2 * calm.requests + 40) wrong.push(`${all.length} requests instead of ${calm.requests}`)
  return [...wrong, ...madeTwice(world), ...removedBesides(calm.removed, world)]
}
