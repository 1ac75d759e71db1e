import type { Asked, RequestHooks, Trouble } from '../../src/emulator/kubernetes/hooks.ts'
import { abreast } from './attempts.ts'
import { otherThan } from './end-state.ts'
import { mustBeDone } from './kill.ts'
import { numbers } from './mutate.ts'
import { releaseState, revisionsIn } from './release-state.ts'
import { report } from './report.ts'
import { startWorld, type World } from './world.ts'

/** What befalls requests in a cluster: refused for now, lost on its way, or taken and its answer lost. */
const kinds = [429, 500, 503, 'reset', 'reset-after-success'] as const
/** What befalls one that only reads. */
const reads = [429, 500, 503, 'reset'] as const
/** What helm has no patience with: it fails, and is begun anew so often. */
const losses = [500, 503, 'reset', 'reset-after-success'] as const
const mostLosses = 2

/** How often the same is struck in a row at most: what is sent five times in vain is given up, and said so. */
const mostInRow = 3

type Kind = (typeof kinds)[number]

/**
 * Helm goes on, and says so in its log alone, where it cannot write that the former revision is superseded
 * (pkg/action/upgrade.go, recordRelease): two are `deployed` then, and it takes the newer one.
 */
const isPassedOver = ({ verb, resource, name }: Asked): boolean =>
  verb === 'update' && resource === 'secrets' && name.endsWith('.v1')

/**
 * Every fifth write fails and every tenth read: ours in every way, helm's with a 429 that says when to ask again, which it does;
 * and up to two times in a way that ends helm.
 */
const stormOf = (seed: number) => {
  const draw = numbers(seed)
  const struck: string[] = []
  const doomed = new Set<Asked>()
  const rows = new Map<string, number>()
  let [isOver, lost] = [false, 0]
  const whose = ({ agent }: Asked): 'ours' | 'helm' => (agent === 'slipway' ? 'ours' : 'helm')
  const strike = (asked: Asked, kind: Kind): Trouble | undefined => {
    struck.push(`${whose(asked)} ${kind}`)
    if (kind === 'reset-after-success') doomed.add(asked)
    return kind === 'reset' ? 'cut' : kind === 'reset-after-success' ? undefined : kind
  }
  /** With this chance, but for what was struck often enough in a row. */
  const falls = (asked: Asked, chance: number): boolean => {
    const what = `${asked.verb} ${asked.resource}/${asked.namespace}/${asked.name} ${asked.dryRun}`
    const row = rows.get(what) ?? 0
    const isStruck = !isOver && row < mostInRow && draw() < chance
    rows.set(what, isStruck ? row + 1 : 0)
    return isStruck
  }
  const oneOf = (list: readonly Kind[]): Kind => list[Math.floor(draw() * list.length)] ?? 'reset'
  const kubernetesHooks: RequestHooks = {
    onRequest: asked => {
      if (whose(asked) === 'helm' && lost < mostLosses && !isPassedOver(asked) && falls(asked, 0.05)) {
        lost++
        return strike(asked, oneOf(losses))
      }
      if (!falls(asked, 0.2)) return undefined
      return strike(asked, whose(asked) === 'helm' ? 429 : oneOf(kinds))
    },
    onRead: asked => {
      if (!falls(asked, 0.1)) return undefined
      return strike(asked, whose(asked) === 'helm' ? 429 : oneOf(reads))
    },
    afterHandled: asked => (doomed.has(asked) ? 'cut' : undefined),
  }
  return {
    kubernetesHooks,
    struck,
    lost: () => lost,
    end: () => {
      isOver = true
    },
  }
}

const head = 'name: lab\nproject: acme-ml\nlocation: us-central1\n'

/** Helm waits in real time, while the product's clock hurries on: its patience must last for both. */
const fileOf = (world: World, version: string): string =>
  `app: skypilot\n${head}state: cloudsql\ndatabase: {auth: password}\nreleases:\n  skypilot: {repository: "${world.cloud?.charts}", version: ${version}, timeoutMinutes: 120}\n`

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
  const counts = new Map<string, number>()
  const weather = async (seed: number): Promise<readonly string[]> => {
    const storm = stormOf(seed)
    const world = await start.copy({ kubernetesHooks: storm.kubernetesHooks })
    try {
      await goTo(world, '0.13.0')
      storm.end()
      const more = revisionsIn(world) - revisions
      const twice = more <= storm.lost() ? [] : [`${more} revisions more for ${storm.lost()} losses`]
      return [...otherThan(wanted, await releaseState(world)), ...twice].map(text => `seed ${seed}: ${text}`)
    } catch (error) {
      return [`seed ${seed}: ${String(error)}`]
    } finally {
      for (const what of storm.struck) counts.set(what, (counts.get(what) ?? 0) + 1)
      await world.close()
    }
  }
  const all = Array.from({ length: seeds }, (_, index) => index + 1)
  const wrong = await abreast(all, Array.from({ length: 3 }), weather)
  await Promise.all([calm.close(), start.close()])
  const survived = wrong.filter(({ length }) => length === 0).length
  const expected = [...kinds.map(kind => `ours ${kind}`), 'helm 429', ...losses.map(kind => `helm ${kind}`)]
  const said = expected.map(what => `${what}: ${counts.get(what) ?? 0}`).join(', ')
  report('8 (storm in the cluster, upgrade)', survived, seeds, `(${said})`)
  return [...wrong.flat(), ...expected.filter(what => !counts.has(what)).map(what => `${what} never struck`)]
}
