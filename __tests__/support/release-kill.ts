import type { Json } from '../../src/emulator/json.ts'
import { survivedAll } from './attempts.ts'
import { type EndState, otherThan } from './end-state.ts'
import { mustBeDone, type Survived } from './kill.ts'
import { struckApply } from './sigkill.ts'
import { type Strike, Striker, saidOf, strikesAt, type Which } from './strike.ts'
import { startWorld, type World } from './world.ts'

/** What is done with a release. */
export type Deed = 'install' | 'upgrade'

const file = (world: World, version: string): string =>
  `app: skypilot\nname: lab\nproject: acme-ml\nlocation: us-central1\nstate: cloudsql\ndatabase: {auth: password}\nreleases:\n  skypilot: {repository: "${world.cloud?.charts}", version: ${version}}\n`

/** A deed, and the world in which everything before it has been done. */
interface Begun {
  readonly deed: Deed
  readonly start: World
  readonly text: string
  readonly env: Env
}

const kubernetesOf = (world: World) => [...(world.cloud?.clusters.values() ?? [])][0]

const passing = /^(Event|Lease|Pod|ReplicaSet|EndpointSlice|Endpoints|Node)\//
const revision = /^Secret\/[^/]+\/sh\.helm\.release\.v1\.(.+)\.v(\d+)$/

/** Everything there is at Google's side and in the cluster; of Secrets only which keys they have. */
const endState = async (world: World): Promise<EndState> => {
  const objects = Object.entries(kubernetesOf(world)?.snapshot() ?? {})
  return {
    google: await world.snapshot(),
    'last revision': lastRevision(objects.map(([key, object]) => [key, object] as const)),
    ...Object.fromEntries(
      objects
        .filter(([key]) => !passing.test(key) && !revision.test(key))
        .map(([key, object]) => [
          withoutUids(key),
          /^Secret\//.test(key) ? Object.keys(object.data ?? {}).sort() : stable(object),
        ]),
    ),
  }
}

/** What helm says of its newest revision, and whether an older one still claims to be at work. */
const lastRevision = (objects: readonly (readonly [string, Json])[]): Json => {
  const revisions = objects
    .flatMap(([key, object]) => {
      const number = Number(revision.exec(key)?.[2])
      const { labels } = (object as { metadata?: { labels?: Record<string, string> } }).metadata ?? {}
      return Number.isNaN(number) ? [] : [{ number, status: labels?.status ?? '' }]
    })
    .sort((a, b) => a.number - b.number)
  return {
    status: revisions.at(-1)?.status ?? 'none',
    pending: revisions.filter(({ status }) => status.startsWith('pending')).length,
  }
}

const withoutUids = (text: string): string =>
  text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID')

/** Without addresses, ports and times, which differ between two clouds. */
const stable = (object: Json): Json =>
  JSON.parse(
    withoutUids(JSON.stringify(object))
      .replace(/"(nodePort|healthCheckNodePort)":\d+/g, '"$1":0')
      .replace(/127\.0\.0\.1:\d+/g, 'HOST')
      .replace(/\b\d{1,3}(\.\d{1,3}){3}\b/g, 'IP')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
      .replace(/"(status|uid|ownerReferences)":(\{[^{}]*\}|\[[^[\]]*\])/g, '"$1":null'),
  ) as Json

type Env = Readonly<Record<string, string>>

/** Starts a world, and installs what an upgrade finds; an install finds nothing. */
const begin = async (deed: Deed, env: Env): Promise<Begun> => {
  const start = await startWorld({ kubernetes: true })
  const installed = file(start, '0.12.2')
  if (deed === 'install') return { deed, start, text: installed, env }
  mustBeDone(await start.apply(installed, await start.plan(installed, { env }), { env }))
  return { deed, start, text: file(start, '0.13.0'), env }
}

/** An undisturbed deed: how many writes it takes, at Google and in the cluster, and the end state. */
const calmDeed = async ({ deed, start, text, env }: Begun) => {
  const striker = new Striker()
  const world = await start.copy(striker.hooks)
  try {
    const { code, stderr } = await struckApply(world, text, striker, env)
    if (code !== 0) throw new Error(`an undisturbed ${deed} ended with ${code}: ${stderr}`)
    return { writes: striker.seen, state: await endState(world) }
  } finally {
    await world.close()
  }
}

/** Strikes the command line, and with SIGKILL the helm that it runs, at a write of a deed; applies again; compares. */
const strikeDeed = async (
  { start, text, env }: Begun,
  strike: Strike,
  calm: Awaited<ReturnType<typeof calmDeed>>,
): Promise<Survived> => {
  const striker = new Striker(strike)
  const world = await start.copy(striker.hooks)
  try {
    const { stderr } = await struckApply(world, text, striker, env)
    if (!striker.struck) return { reached: false, wrong: [stderr] }
    const again = await world.apply(text, await world.plan(text, { env }), { env })
    mustBeDone(again)
    return { reached: true, wrong: otherThan(calm.state, await endState(world)) }
  } catch (error) {
    return { reached: true, wrong: [String(error)] }
  } finally {
    await world.close()
  }
}

/** Strikes a deed at each of its writes, at every moment or at the moments in turn; gives what went wrong. */
export const struckDeeds = async (
  deed: Deed,
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
    return await survivedAll(`8 (${signal}, ${deed})`, attempts, { unreached: 6, atOnce: 3 })
  } finally {
    await begun.start.close()
  }
}
