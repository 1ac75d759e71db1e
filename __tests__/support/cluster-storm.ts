import type { Asked, WriteHooks } from '../../src/emulator/kubernetes/handler.ts'
import { abreast } from './attempts.ts'
import { otherThan } from './end-state.ts'
import { mustBeDone } from './kill.ts'
import { numbers } from './mutate.ts'
import { releaseState, revisionsIn } from './release-state.ts'
import { report } from './report.ts'
import { startWorld, type World } from './world.ts'

/** What befalls every fifth write of ours in a cluster: refused for now, lost on its way, or taken and its answer lost. */
const kinds = [429, 500, 503, 'reset', 'reset-after-success'] as const

type Kind = (typeof kinds)[number]

/** Strikes at what Slipway itself writes; helm has its own patience, and none with a lost answer. */
const stormOf = (seed: number) => {
  const draw = numbers(seed)
  const struck = new Map<Kind, number>()
  const doomed = new Map<Asked, Kind>()
  let isOver = false
  const kubernetesHooks: WriteHooks = {
    onRequest: asked => {
      if (isOver || asked.agent !== 'slipway' || draw() >= 0.2) return undefined
      const kind = kinds[Math.floor(draw() * kinds.length)] ?? 'reset'
      struck.set(kind, (struck.get(kind) ?? 0) + 1)
      if (kind === 'reset') return 'cut'
      if (kind !== 'reset-after-success') return kind
      doomed.set(asked, kind)
      return undefined
    },
    afterHandled: asked => (doomed.has(asked) ? 'cut' : undefined),
  }
  return {
    kubernetesHooks,
    struck,
    end: () => {
      isOver = true
    },
  }
}

const head = 'name: lab\nproject: acme-ml\nlocation: us-central1\n'

const fileOf = (world: World, version: string): string =>
  `app: skypilot\n${head}state: cloudsql\ndatabase: {auth: password}\nreleases:\n  skypilot: {repository: "${world.cloud?.charts}", version: ${version}}\n`

/** An upgrade in so many storms; prints how many it survived, and gives what went wrong, and what never struck. */
export const clusterStorms = async (
  seeds: number,
  env: Readonly<Record<string, string>>,
): Promise<readonly string[]> => {
  const start = await startWorld({ kubernetes: true })
  const goTo = async (world: World, version: string): Promise<void> => {
    const text = fileOf(start, version)
    mustBeDone(await world.apply(text, await world.plan(text, { env }), { env }))
  }
  await goTo(start, '0.12.2')
  const calm = await start.copy()
  await goTo(calm, '0.13.0')
  const [wanted, revisions] = [await releaseState(calm), revisionsIn(calm)]
  const counts = new Map<Kind, number>()
  const weather = async (seed: number): Promise<readonly string[]> => {
    const storm = stormOf(seed)
    const world = await start.copy({ kubernetesHooks: storm.kubernetesHooks })
    try {
      await goTo(world, '0.13.0')
      storm.end()
      const made = revisionsIn(world)
      const twice = made === revisions ? [] : [`${made} revisions instead of ${revisions}`]
      return [...otherThan(wanted, await releaseState(world)), ...twice].map(text => `seed ${seed}: ${text}`)
    } catch (error) {
      return [`seed ${seed}: ${String(error)}`]
    } finally {
      for (const [kind, count] of storm.struck) counts.set(kind, (counts.get(kind) ?? 0) + count)
      await world.close()
    }
  }
  const all = Array.from({ length: seeds }, (_, index) => index + 1)
  const wrong = await abreast(all, Array.from({ length: 3 }), weather)
  await Promise.all([calm.close(), start.close()])
  const survived = wrong.filter(({ length }) => length === 0).length
  const said = kinds.map(kind => `${kind}: ${counts.get(kind) ?? 0}`).join(', ')
  report('8 (storm in the cluster, upgrade)', survived, seeds, `(${said})`)
  return [...wrong.flat(), ...kinds.filter(kind => !counts.has(kind)).map(kind => `${kind} never struck`)]
}
