import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Child, type StruckEnd, startCli } from './child.ts'
import { type Journey, moments, mustBeDone, type Survived, type Undisturbed, wrongAfter } from './kill.ts'
import { type Strike, Striker, type Struck, wrongEnding } from './strike.ts'
import type { World } from './world.ts'

/** Runs `slipway apply --yes` of a text in a folder of its own, with a striker on its heels. */
export const struckApply = async (
  world: Struck,
  text: string,
  striker: Striker,
  env: Readonly<Record<string, string>> = {},
  before?: string,
): Promise<StruckEnd> => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-killed-'))
  const [file, temporary] = [join(folder, 'environments', 'lab.yaml'), join(folder, 'temporary')]
  await Promise.all([mkdir(join(folder, 'environments')), mkdir(temporary)])
  if (before !== undefined) await committed(folder, file, before)
  await writeFile(file, text)
  const applier = 'slipway-applier@acme-ml.iam.gserviceaccount.com'
  const baseline = before === undefined ? [] : ['--baseline', 'HEAD']
  const child: Child = startCli(folder, ['apply', '--yes', ...baseline], {
    ...world.environment,
    ...env,
    // What a killed process cannot clear away goes with the folder.
    TMPDIR: temporary,
    SLIPWAY_APPLIER: applier,
  })
  striker.arm(child, world)
  try {
    return { ...(await child.ended), left: await readdir(temporary) }
  } finally {
    striker.disarm()
    await rm(folder, { recursive: true, force: true })
  }
}

const run = promisify(execFile)

/** Puts a file into a repository of its own, as the only commit. */
const committed = async (folder: string, file: string, text: string): Promise<void> => {
  await writeFile(file, text)
  const who = ['-c', 'user.name=lab', '-c', 'user.email=lab@acme.com', '-c', 'commit.gpgsign=false']
  for (const words of [
    ['init', '-q'],
    ['add', file],
    [...who, 'commit', '-q', '-m', 'before'],
  ])
    await run('git', ['-C', folder, ...words])
}

/** How many writes the command line makes when it goes a journey undisturbed. Throws if it fails. */
export const writesOf = async (start: World, { text, before }: Journey): Promise<number> => {
  const striker = new Striker()
  const world = await start.copy(striker.hooks)
  try {
    const { code, stdout, stderr } = await struckApply(world, text, striker, {}, before)
    if (code !== 0) throw new Error(`an undisturbed apply ended with ${code}: ${stdout}${stderr}`)
    return striker.seen
  } finally {
    await world.close()
  }
}

/**
 * Whether what is applied again after a strike is the plan that was made before it, beside the record of an apply that did
 * not end, as when a merge's job is run again; else it is a plan of what the strike has left, as in a terminal.
 */
export const isReviewedBefore = ({ nth, moment }: Strike): boolean =>
  (nth + moments.indexOf(moment)) % 2 === 0

/** Strikes the real command line at one of its writes, applies again, and compares with an undisturbed apply. */
export const strikeAndRerun = async (
  start: World,
  { text, before }: Journey,
  strike: Strike,
  calm: Undisturbed & { readonly byCommand: number },
): Promise<Survived> => {
  const striker = new Striker(strike)
  const world = await start.copy(striker.hooks)
  try {
    const reviewed = isReviewedBefore(strike) ? await world.plan(text) : undefined
    const ended = await struckApply(world, text, striker, {}, before)
    if (!striker.struck) return { reached: false, wrong: [] }
    const badly = wrongEnding(strike, ended, striker, calm.byCommand)
    if (reviewed !== undefined) world.begun(text, calm.record)
    const again = await world.apply(text, reviewed ?? (await world.plan(text)))
    const wrong = await wrongAfter(world, calm, () => mustBeDone(again))
    return { reached: true, wrong: [...badly, ...wrong], late: striker.late }
  } finally {
    await world.close()
  }
}
