import { abreast, survivedAll } from '../../support/attempts.ts'
import type { Deed } from '../../support/release-kill.ts'
import { missedBlows, type Strike, saidOf, strikesAt, type Which } from '../../support/strike.ts'
import { type Calm, calmDeed, type Place, type Struck, strikeDeed, upgradeBlows, wrongEnds } from './kill.ts'
import type { World } from './world.ts'

const deeds = ['install', 'upgrade'] as const satisfies readonly Deed[]

type Life<T> = Readonly<Record<Deed, T>>

/** A release is installed and upgraded, each with a strike or without one; then it goes. */
const live = async (
  place: Place,
  name: string,
  strikes: Life<Strike | undefined>,
  calm: Life<Calm>,
): Promise<Life<Struck>> => {
  const install = await strikeDeed(place, name, 'install', strikes.install, calm.install)
  const upgrade = await strikeDeed(place, name, 'upgrade', strikes.upgrade, calm.upgrade)
  await place.world.plane.admin.remove(`/api/v1/namespaces/${name}`)
  return { install, upgrade }
}

const calmLife = async (place: Place, name: string): Promise<Life<Calm>> => ({
  install: await calmDeed(place, name, 'install'),
  upgrade: await calmDeed(place, name, 'upgrade'),
})

const placesIn = (world: World): readonly [Place, ...Place[]] => {
  const [first, ...others] = [...world.relays].map(([cluster, relay]) => ({ world, cluster, relay }))
  if (first === undefined) throw new Error('this world has no relays')
  return [first, ...others]
}

/**
 * Leads lives until an installation and an upgrade have been struck at each of their writes, as many lives at once as
 * there are relays; prints how many strikes were survived, and gives what went wrong.
 */
export const struckLives = async (
  world: World,
  signal: Strike['signal'],
  which: Which,
): Promise<readonly string[]> => {
  const places = placesIn(world)
  const before = world.google.requests.writes.length
  const calm = await calmLife(places[0], `calm-${signal.toLowerCase()}`)
  const strikes = {
    install: strikesAt(calm.install.writes, signal, which),
    upgrade: strikesAt(calm.upgrade.writes, signal, which),
  }
  const lives = Array.from({ length: Math.max(...deeds.map(deed => strikes[deed].length)) }, (_, index) => ({
    name: `${signal.toLowerCase()}-${index}-life`,
    strikes: { install: strikes.install[index], upgrade: strikes.upgrade[index] },
  }))
  const ended = await abreast(lives, places, (life, place) => live(place, life.name, life.strikes, calm))
  // All of it is in the cluster: what the relays see are all writes.
  const google = world.google.requests.writes.slice(before)
  const blows = ended.flatMap(({ upgrade }) => upgrade.blow ?? [])
  const wrong = [
    ...google.map(({ httpMethod, path }) => `at Google: ${httpMethod} ${path}`),
    ...wrongEnds(calm.install.done.state, calm.upgrade.done.state),
    ...missedBlows(upgradeBlows, blows, which),
  ]
  for (const deed of deeds) {
    const attempts = strikes[deed].map((strike, index) => ({
      said: saidOf(strike, calm[deed].writes),
      run: async () => ended[index]?.[deed] ?? { reached: false, wrong: ['no such life'] },
    }))
    wrong.push(
      ...(await survivedAll(`8 (${signal}, ${deed}, real control plane)`, attempts, { unreached: 2 })),
    )
  }
  return wrong
}
