import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Child, type Ended, startCli } from './child.ts'
import { begin, type Journey, mustBeDone, type Survived, type Undisturbed, wrongAfter } from './kill.ts'
import { type Strike, Striker } from './strike.ts'
import { startWorld, type World } from './world.ts'

/** Runs `slipway apply --yes` of a text in a folder of its own, with a striker on its heels. */
export const struckApply = async (
  world: World,
  text: string,
  striker: Striker,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-killed-'))
  await mkdir(join(folder, 'environments'))
  await writeFile(join(folder, 'environments', 'lab.yaml'), text)
  const applier = 'slipway-applier@acme-ml.iam.gserviceaccount.com'
  const child: Child = startCli(folder, ['apply', '--yes'], {
    ...world.environment,
    ...env,
    SLIPWAY_APPLIER: applier,
  })
  striker.arm(child, world)
  try {
    return await child.ended
  } finally {
    striker.disarm()
    await rm(folder, { recursive: true, force: true })
  }
}

/** How many writes the command line makes on a journey that nobody disturbs. Throws if it fails. */
export const writesOf = async (journey: Journey): Promise<number> => {
  const striker = new Striker()
  const world = await startWorld({ wall: true, ...striker.hooks })
  try {
    await begin(world, journey)
    const { code, stderr } = await struckApply(world, journey.text, striker)
    if (code !== 0) throw new Error(`an undisturbed apply ended with ${code}: ${stderr}`)
    return striker.seen
  } finally {
    await world.close()
  }
}

/** Strikes the real command line at one of its writes, applies again, and compares with an undisturbed apply. */
export const strikeAndRerun = async (
  journey: Journey,
  strike: Strike,
  calm: Undisturbed,
): Promise<Survived> => {
  const striker = new Striker(strike)
  const world = await startWorld({ wall: true, ...striker.hooks })
  try {
    await begin(world, journey)
    await struckApply(world, journey.text, striker)
    if (!striker.struck) return { reached: false, wrong: [] }
    const again = await world.apply(journey.text, await world.plan(journey.text))
    return { reached: true, wrong: await wrongAfter(world, calm, () => mustBeDone(again)) }
  } finally {
    await world.close()
  }
}
