import type { ApplyRecord } from '../../src/core/record.ts'
import { survivedAll } from './attempts.ts'
import { type EndState, otherThan } from './end-state.ts'
import { madeTwice, mustBeDone, type Survived } from './kill.ts'
import { clusterWrites, releaseState, revisionsIn } from './release-state.ts'
import { isReviewedBefore, struckApply } from './sigkill.ts'
import { type Strike, Striker, saidOf, strikesAt, tidyUp, type Which, wrongEnding } from './strike.ts'
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
  const start = await startWorld({ kubernetes: true })
  const installed = file(start, '0.12.2')
  if (deed === 'install') return { deed, start, text: installed, env }
  mustBeDone(await start.apply(installed, await start.plan(installed, { env }), { env }))
  if (deed === 'removal') return { deed, start, text: nothing, before: installed, env }
  return { deed, start, text: file(start, '0.13.0'), env }
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
  readonly requests: number
  readonly revisions: number
  readonly clusterWrites: number
}

const effortOf = (world: World): Effort => ({
  requests: world.google.requests.all.length,
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

/** Helm marks what it was killed at and begins anew: once. Looking and trying is done twice, and what was cut off. */
const tooMuch = (world: World, calm: Effort): readonly string[] => {
  const { requests, revisions, clusterWrites: writes } = effortOf(world)
  return [
    ...madeTwice(world),
    ...(revisions > calm.revisions + 1 ? [`${revisions} revisions instead of ${calm.revisions}`] : []),
    ...(requests > 2 * calm.requests + 40 ? [`${requests} requests instead of ${calm.requests}`] : []),
    ...(writes > 2 * calm.clusterWrites + 5
      ? [`${writes} writes in the cluster instead of ${calm.clusterWrites}`]
      : []),
  ]
}

/**
 * Strikes the command line, and with SIGKILL the helm that it runs, at a write of a deed; applies again, half of the time
 * what was reviewed before; compares.
 */
const strikeDeed = async (
  { start, text, env, before }: Begun,
  strike: Strike,
  calm: Calm,
): Promise<Survived> => {
  const striker = new Striker(strike)
  const world = await start.copy(striker.hooks)
  try {
    const reviewed = isReviewedBefore(strike) ? await world.plan(text, { env }) : undefined
    const ended = await struckApply(world, text, striker, env, before)
    if (!striker.struck) return { reached: false, wrong: [ended.stderr] }
    if (reviewed !== undefined) world.begun(text, calm.record)
    mustBeDone(await world.apply(text, reviewed ?? (await world.plan(text, { env })), { env }))
    const wrong = [
      ...wrongEnding(strike, ended, striker, calm.writes, tidyUp.withHelm),
      ...otherThan(calm.state, await releaseState(world)),
      ...tooMuch(world, calm.effort),
    ]
    return { reached: true, wrong, late: striker.late }
  } catch (error) {
    return { reached: true, wrong: [String(error)] }
  } finally {
    await world.close()
  }
}

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
    const attempts = strikesAt(calm.writes, signal, which).map(strike => ({
      said: saidOf(strike, calm.writes),
      run: () => strikeDeed(begun, strike, calm),
    }))
    return await survivedAll(`8 (${signal}, ${deed})`, attempts, {
      unreached: Math.ceil(attempts.length / 10),
      atOnce: 3,
    })
  } finally {
    await begun.start.close()
  }
}
