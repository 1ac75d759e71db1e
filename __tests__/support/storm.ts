import { everyGoogleKind } from './files.ts'
import { mustBeDone } from './kill.ts'
import { startWorld } from './world.ts'

/** Applies while every call fails with a chance of one in five; gives what is wrong afterwards. */
export const storm = async (
  seed: number,
  calm: string,
  text = everyGoogleKind,
): Promise<readonly string[]> => {
  const world = await startWorld()
  try {
    const kinds = [429, 500, 503, 'reset', 'reset-after-success'] as const
    world.google.faults.random({ probability: 0.2, seed, kinds })
    const applied = await world.apply(text, await world.plan(text))
    world.google.faults.clear()
    mustBeDone(applied)
    return JSON.stringify(await world.snapshot()) === calm ? [] : [`seed ${seed}: another end state`]
  } catch (error) {
    return [`seed ${seed}: ${String(error)}`]
  } finally {
    await world.close()
  }
}
