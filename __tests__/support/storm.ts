import type { FaultKind } from '../../src/emulator/index.ts'
import { abreast } from './attempts.ts'
import { madeTwice } from './google-twice.ts'
import { type Journey, mustBeDone, setOut, undisturbed } from './kill.ts'
import { report } from './report.ts'
import type { World } from './world.ts'

const quick = [429, 500, 503, 'reset', 'reset-after-success'] as const

/** What befalls every fifth call. A silence is rarer than the others, since it takes real time. */
const drawn = [...quick, ...quick, 'hang-after-success'] as const
const kinds = [...quick, 'hang-after-success'] as const

/** Milliseconds of real time after which an answer is given up, in place of the product's minute; no other answer takes so long. */
const timeout = 1_500

/** What a storm left: what is wrong, and how often each kind of fault struck. */
interface Weathered {
  readonly wrong: readonly string[]
  readonly struck: Readonly<Record<string, number>>
}

/** Applies while every call fails with a chance of one in five; compares with an undisturbed apply. */
const weather = async (start: World, text: string, seed: number, calm: string): Promise<Weathered> => {
  const world = await start.copy()
  const { faults, requests } = world.google
  const wrong: string[] = []
  try {
    faults.random({ probability: 0.2, seed, kinds: drawn })
    const applied = await world.apply(text, await world.plan(text, { timeout }), { timeout })
    faults.clear()
    mustBeDone(applied)
    if (JSON.stringify(await world.snapshot()) !== calm) wrong.push('another end state')
    wrong.push(...madeTwice(world))
  } catch (error) {
    wrong.push(String(error))
  } finally {
    await world.close()
  }
  for (const text of wrong)
    process.stdout.write(`LAW 8: not survived: seed ${seed}: ${text.slice(0, 1_000)}\n`)
  return { wrong: wrong.map(text => `seed ${seed}: ${text}`), struck: countsOf(requests.all) }
}

const countsOf = (requests: readonly { readonly fault?: string }[]): Weathered['struck'] =>
  Object.fromEntries(
    kinds.map(kind => [kind, requests.filter(({ fault }) => fault === String(kind)).length] as const),
  )

/** Goes a journey in so many storms and prints how many it survived; gives what went wrong, and faults that never struck. */
export const storms = async (journey: Journey, seeds: number): Promise<readonly string[]> => {
  const { snapshot } = await undisturbed(journey)
  const weathered = await setOut(journey, {}, start =>
    abreast(
      Array.from({ length: seeds }, (_, index) => index + 1),
      Array.from({ length: 8 }),
      seed => weather(start, journey.text, seed, snapshot),
    ),
  )
  const struck = (kind: FaultKind): number => weathered.reduce((sum, one) => sum + (one.struck[kind] ?? 0), 0)
  const survived = weathered.filter(({ wrong }) => wrong.length === 0).length
  report(
    `8 (storm, ${journey.name})`,
    survived,
    seeds,
    `(${kinds.map(kind => `${kind}: ${struck(kind)}`).join(', ')})`,
  )
  const unseen = kinds.filter(kind => struck(kind) === 0).map(kind => `${kind} never struck`)
  return [...weathered.flatMap(({ wrong }) => wrong), ...unseen]
}
