import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Child, type Ended, startCli } from './child.ts'
import { mustBeDone, type Survived, type Undisturbed, wrongAfter } from './kill.ts'
import { type Strike, Striker, type Struck } from './strike.ts'
import type { World } from './world.ts'

/** Runs `slipway apply --yes` of a text in a folder of its own, with a striker on its heels. */
export const struckApply = async (
  world: Struck,
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
    // What a killed process cannot clear away goes with the folder.
    TMPDIR: folder,
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

/** How many writes the command line makes when it applies a text undisturbed. Throws if it fails. */
export const writesOf = async (start: World, text: string): Promise<number> => {
  const striker = new Striker()
  const world = await start.copy(striker.hooks)
  try {
    const { code, stderr } = await struckApply(world, text, striker)
    if (code !== 0) throw new Error(`an undisturbed apply ended with ${code}: ${stderr}`)
    return striker.seen
  } finally {
    await world.close()
  }
}

/** Strikes the real command line at one of its writes, applies again, and compares with an undisturbed apply. */
export const strikeAndRerun = async (
  start: World,
  text: string,
  strike: Strike,
  calm: Undisturbed,
): Promise<Survived> => {
  const striker = new Striker(strike)
  const world = await start.copy(striker.hooks)
  try {
    await struckApply(world, text, striker)
    if (!striker.struck) return { reached: false, wrong: [] }
    const again = await world.apply(text, await world.plan(text))
    return { reached: true, wrong: await wrongAfter(world, calm, () => mustBeDone(again)) }
  } finally {
    await world.close()
  }
}
