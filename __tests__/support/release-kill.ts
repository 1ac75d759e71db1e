import { rm } from 'node:fs/promises'
import type { ApplyRecord } from '../../src/core/record.ts'
import type { AuditEntry } from '../../src/emulator/kubernetes/handler.ts'
import { survivedAll } from './attempts.ts'
import { added, changingChart, dropped } from './changing-chart.ts'
import { doneTwice } from './done-twice.ts'
import { type EndState, otherThan } from './end-state.ts'
import { madeTwice, removedAt, removedBesides } from './google-twice.ts'
import { mustBeDone, type Survived } from './kill.ts'
import { clusterWrites, releaseState, revisionsIn } from './release-state.ts'
import { isReviewedBefore, struckApply } from './sigkill.ts'
import {
  missedBlows,
  type Strike,
  Striker,
  saidOf,
  strikesAt,
  tidyUp,
  type Which,
  wrongEnding,
} from './strike.ts'
import { startWorld, type World } from './world.ts'

/** What is done with a release. */
export type Deed = 'install' | 'upgrade'

const head = 'name: lab\nproject: acme-ml\nlocation: us-central1\n'

const file = (world: World, version: string): string =>
  `app: skypilot\n${head}state: cloudsql\ndatabase: {auth: password, deletionProtection: false}\nreleases:\n  skypilot: {repository: "${world.cloud?.charts}", version: ${version}}\n`

/** The whole environment goes, its release first. */
const nothing = `${head}delete:
  - release/skypilot
  - namespace/skypilot
  - sql-user/skypilot
  - sql-database/skypilot
  - sql-instance/lab
  - secret/login
  - secret/database
  - cluster/lab
`

/** A deed, and the world in which everything before it has been done. */
interface Begun {
  readonly deed: Deed | 'removal'
  readonly start: World
  readonly text: string
  /** What was applied before; the command line needs it to know what it may take away. */
  readonly before?: string
  readonly env: Env
}

type Env = Readonly<Record<string, string>>

/** Starts a world, and installs what an upgrade finds; an install finds nothing. */
const begin = async (deed: Begun['deed'], env: Env): Promise<Begun> => {
  const start = await (deed === 'upgrade' ? startChanging() : startWorld({ kubernetes: true }))
  const installed = file(start, '0.12.2')
  if (deed === 'install') return { deed, start, text: installed, env }
  mustBeDone(await start.apply(installed, await start.plan(installed, { env }), { env }))
  if (deed === 'removal') return { deed, start, text: nothing, before: installed, env }
  return { deed, start, text: file(start, '0.13.0'), env }
}

/** A world whose chart drops an object and adds one from one version to the next. */
const startChanging = async (): Promise<World> => {
  const chartFolder = await changingChart()
  try {
    return await startWorld({ kubernetes: true, chartFolder })
  } finally {
    await rm(chartFolder, { recursive: true, force: true })
  }
}

/** What has to be among what is struck: what an upgrade brings and takes away, and the Job of a hook. */
const blowsOf = (deed: Begun['deed']): readonly string[] =>
  deed === 'upgrade'
    ? [
        `patch configmaps/${added}`,
        `delete configmaps/${dropped}`,
        'patch jobs/skypilot-ingress-nginx-admission-create',
        'delete jobs/skypilot-ingress-nginx-admission-create',
      ]
    : []

/** What is wrong with where an undisturbed upgrade led: the object that is dropped is gone, and the one that is added is there. */
const wrongEnd = async ({ deed, start }: Begun, state: EndState): Promise<readonly string[]> => {
  if (deed !== 'upgrade') return []
  const has = (one: EndState, name: string): boolean => one[`ConfigMap/skypilot/${name}`] !== undefined
  const before = await releaseState(start)
  return [
    ...(has(before, dropped) && !has(state, dropped) ? [] : [`${dropped} was not dropped`]),
    ...(!has(before, added) && has(state, added) ? [] : [`${added} was not added`]),
  ]
}

/** What an undisturbed deed does and leaves. */
interface Calm {
  /** Writes that were begun, at Google and in the cluster. */
  readonly writes: number
  readonly state: EndState
  readonly effort: Effort
  readonly record: ApplyRecord
}

/** What a deed takes. */
interface Effort {
  /** Requests to Google, and those of them that changed something. */
  readonly requests: number
  readonly writes: number
  /** Paths of what was deleted there. */
  readonly removed: readonly string[]
  readonly revisions: number
  readonly clusterWrites: readonly AuditEntry[]
}

const effortOf = (world: World): Effort => ({
  requests: world.google.requests.all.length,
  writes: world.google.requests.writes.length,
  removed: removedAt(world),
  revisions: revisionsIn(world),
  clusterWrites: clusterWrites(world),
})

/** Does a deed without disturbing it, and once more within this process, for what the record says of it. */
const calmDeed = async ({ deed, start, text, env, before }: Begun): Promise<Calm> => {
  const striker = new Striker()
  const [world, other] = [await start.copy(striker.hooks), await start.copy()]
  try {
    const { code, stderr } = await struckApply(world, text, striker, env, before)
    if (code !== 0) throw new Error(`an undisturbed ${deed} ended with ${code}: ${stderr}`)
    mustBeDone(await other.apply(text, await other.plan(text, { env }), { env }))
    const record = other.recorded()
    if (record === undefined) throw new Error('an apply left no record')
    return { writes: striker.seen, state: await releaseState(world), effort: effortOf(world), record }
  } finally {
    await Promise.all([world.close(), other.close()])
  }
}

/** How much more than an undisturbed deed a struck one and the one after it may take. */
interface Allowed {
  /** Writes in the cluster of the second one. */
  readonly again: number
  /** Revisions: one that was asked to stop marks what it was at as failed, and the next one is another. */
  readonly revisions: number
}

/** Looking and trying is done twice, and what was cut off; the second one takes away a record of helm and what its hooks left. */
const tooMuch = (world: World, calm: Effort, { again, revisions: more }: Allowed): readonly string[] => {
  const { requests, writes, revisions, clusterWrites: taken } = effortOf(world)
  return [
    ...madeTwice(world),
    ...removedBesides(calm.removed, world),
    ...doneTwice(calm.clusterWrites, taken),
    ...tooMany('revisions', revisions, calm.revisions + more),
    ...tooMany('requests', requests, 2 * calm.requests + 40),
    ...tooMany('writes at Google', writes, calm.writes + 3),
    ...tooMany('writes in the cluster of the second run', again, calm.clusterWrites.length + 3),
  ]
}

const tooMany = (what: string, found: number, most: number): readonly string[] =>
  found > most ? [`${found} ${what}, at most ${most}`] : []

/**
 * Strikes the command line, and with SIGKILL the helm that it runs, at a write of a deed; applies again, half of the time
 * what was reviewed before; compares.
 */
const strikeDeed = async (
  { start, text, env, before }: Begun,
  strike: Strike,
  calm: Calm,
  blows: string[],
): Promise<Survived> => {
  const striker = new Striker(strike)
  const world = await start.copy(striker.hooks)
  try {
    const reviewed = isReviewedBefore(strike) ? await world.plan(text, { env }) : undefined
    const ended = await struckApply(world, text, striker, env, before)
    if (!striker.struck) return { reached: false, wrong: [ended.stderr] }
    blows.push(striker.blow)
    const written = clusterWrites(world).length
    if (reviewed !== undefined) world.begun(text, calm.record)
    mustBeDone(await world.apply(text, reviewed ?? (await world.plan(text, { env })), { env }))
    const wrong = [
      ...wrongEnding(strike, ended, striker, calm.writes, tidyUp.withHelm),
      ...otherThan(calm.state, await releaseState(world)),
      ...tooMuch(world, calm.effort, {
        again: clusterWrites(world).length - written,
        revisions: strike.signal === 'SIGTERM' ? 1 : 0,
      }),
    ]
    return { reached: true, wrong, late: striker.late }
  } catch (error) {
    return { reached: true, wrong: [String(error)] }
  } finally {
    await world.close()
  }
}

/**
 * How many moments may never be reached: helm deletes two objects of hooks that are not there, which is refused and so never
 * taken, and twice two writes at once may come as one.
 */
const unreachable = 4

/** Strikes a deed at each of its writes, at every moment or at the moments in turn; gives what went wrong. */
export const struckDeeds = async (
  deed: Begun['deed'],
  signal: Strike['signal'],
  which: Which,
  env: Env,
): Promise<readonly string[]> => {
  const begun = await begin(deed, env)
  try {
    const calm = await calmDeed(begun)
    const blows: string[] = []
    const attempts = strikesAt(calm.writes, signal, which).map(strike => ({
      said: saidOf(strike, calm.writes),
      run: () => strikeDeed(begun, strike, calm, blows),
    }))
    const wrong = await survivedAll(`8 (${signal}, ${deed})`, attempts, {
      unreached: unreachable,
      atOnce: 3,
    })
    return [...(await wrongEnd(begun, calm.state)), ...wrong, ...missedBlows(blowsOf(deed), blows, which)]
  } finally {
    await begun.start.close()
  }
}
