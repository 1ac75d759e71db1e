import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RequestEntry } from '../../src/emulator/index.ts'
import type { Json } from '../../src/emulator/json.ts'
import { type Child, startCli } from './child.ts'
import { everyGoogleKind } from './files.ts'
import { keyOf, type Moment, mustBeDone, type Survived, type Undisturbed, wrongAfter } from './kill.ts'
import { startWorld, type World, type WorldOptions } from './world.ts'

/** Starts `slipway apply --yes` of a text in a folder of its own. */
const startApply = async (text: string, env: Readonly<Record<string, string>>) => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-killed-'))
  await mkdir(join(folder, 'environments'))
  await writeFile(join(folder, 'environments', 'lab.yaml'), text)
  const child = startCli(folder, ['apply', '--yes'], env)
  return { child, tidy: () => rm(folder, { recursive: true, force: true }) }
}

const applier = (world: World) => ({
  ...world.environment,
  SLIPWAY_APPLIER: 'slipway-applier@acme-ml.iam.gserviceaccount.com',
})

/** Hooks that kill the child at the `nth` mutating request. */
const killing = (nth: number, moment: Moment, holder: { child?: Child; world?: World }) => {
  let seen = 0
  let target: number | undefined
  const isTarget = ({ number }: RequestEntry): boolean => number === target
  const hooks: WorldOptions['hooks'] = {
    onRequest: entry => {
      if (holder.child === undefined || target !== undefined) return
      if (keyOf({ method: entry.httpMethod, path: entry.path }) === undefined || ++seen !== nth) return
      target = entry.number
      if (moment !== 'before it is sent') return
      holder.world?.google.faults.add({ match: isTarget, kind: 'reset' })
      holder.child.kill()
    },
    afterHandled: entry => {
      if (isTarget(entry) && moment === 'after it was taken') holder.child?.kill()
    },
    afterAnswered: entry => {
      if (isTarget(entry) && moment === 'after its answer') holder.child?.kill()
    },
  }
  return hooks
}

/** SIGKILLs the real command line at its `nth` mutating request, applies again, and compares. */
export const sigkillAndRerun = async (nth: number, moment: Moment, calm: Undisturbed): Promise<Survived> => {
  const holder: { child?: Child; world?: World } = {}
  const world = await startWorld({ wall: true, hooks: killing(nth, moment, holder) ?? {} })
  holder.world = world
  const { child, tidy } = await startApply(everyGoogleKind, applier(world))
  holder.child = child
  try {
    const { signal } = await child.ended
    delete holder.child
    if (signal !== 'SIGKILL') return { reached: false, wrong: [] }
    const again = await world.apply(everyGoogleKind, await world.plan(everyGoogleKind))
    return { reached: true, wrong: await wrongAfter(world, calm, () => mustBeDone(again)) }
  } finally {
    await tidy()
    await world.close()
  }
}

/** The environment with a release on the served chart. */
export const withRelease = (world: World): string =>
  `app: skypilot\nname: lab\nproject: acme-ml\nlocation: us-central1\nstate: cloudsql\ndatabase: {auth: password}\nreleases:\n  skypilot: {repository: "${world.cloud?.charts}", version: 0.12.2}\n`

const kubernetesOf = (world: World) => [...(world.cloud?.clusters.values() ?? [])][0]

const writesOf = (world: World): number =>
  kubernetesOf(world)?.audit.filter(
    ({ user, verb, dryRun, code }) =>
      user.startsWith('slipway-applier') && !['get', 'list', 'watch'].includes(verb) && !dryRun && code < 300,
  ).length ?? 0

/** Everything there is at Google's side and in the cluster; of Secrets only which keys they have. */
const endState = async (world: World): Promise<Readonly<Record<string, Json>>> => ({
  google: await world.snapshot(),
  kubernetes: Object.fromEntries(
    Object.entries(kubernetesOf(world)?.snapshot() ?? {})
      .map(([key, object]) => [withoutUids(key), object] as const)
      .filter(([key]) => !/^(Event|Lease|Pod|ReplicaSet|EndpointSlice|Endpoints|Node)\//.test(key))
      .map(([key, object]) => [
        key,
        /^Secret\//.test(key) ? Object.keys(object.data ?? {}).sort() : stable(object),
      ]),
  ),
})

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

/** An undisturbed apply of a release; how many writes Kubernetes saw, and the end state. */
export const calmRelease = async (env: Readonly<Record<string, string>>) => {
  const world = await startWorld({ kubernetes: true })
  try {
    const text = withRelease(world)
    mustBeDone(await world.apply(text, await world.plan(text, { env }), { env }))
    return { writes: writesOf(world), state: await endState(world) }
  } finally {
    await world.close()
  }
}

/** SIGKILLs the command line and the helm that it runs after `count` writes in the cluster, applies again, compares. */
export const killRelease = async (
  count: number,
  env: Readonly<Record<string, string>>,
  calm: Awaited<ReturnType<typeof calmRelease>>,
): Promise<Survived> => {
  const world = await startWorld({ kubernetes: true })
  const text = withRelease(world)
  const { child, tidy } = await startApply(text, { ...applier(world), ...env })
  const watch = setInterval(() => {
    if (writesOf(world) >= count) child.kill()
  }, 1)
  try {
    const { signal, stderr } = await child.ended
    clearInterval(watch)
    if (signal !== 'SIGKILL') return { reached: false, wrong: [stderr] }
    const again = await world.apply(text, await world.plan(text, { env }), { env })
    mustBeDone(again)
    const now = await endState(world)
    const differs = Object.keys(calm.state).filter(
      key => JSON.stringify(now[key]) !== JSON.stringify(calm.state[key]),
    )
    return {
      reached: true,
      wrong: differs.map(key => `another end state: ${key}${difference(calm.state[key], now[key])}`),
    }
  } catch (error) {
    return { reached: true, wrong: [String(error)] }
  } finally {
    clearInterval(watch)
    await tidy()
    await world.close()
  }
}

const difference = (wanted: Json | undefined, found: Json | undefined): string => {
  const [before, after] = [wanted, found].map(side => (side ?? {}) as Readonly<Record<string, Json>>)
  const keys = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  return keys
    .filter(key => JSON.stringify(before?.[key]) !== JSON.stringify(after?.[key]))
    .map(key => `\n${key}: ${JSON.stringify(before?.[key])} / ${JSON.stringify(after?.[key])}`.slice(0, 600))
    .join('')
}
