import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { emailOf } from '../../support/one-file.ts'
import { shownEntry } from './audit.ts'
import { canHavePrograms } from './build.ts'
import { leaksIn, type Sources, secretsOf } from './leaks.ts'
import { startWorld, tokens, type World, type WorldOptions } from './world.ts'

const reads = new Set(['get', 'list', 'watch'])
const halfAnHour = 1_800_000
/** For a test that waits for a cluster; on a busy machine that can be long. */
export const longest = 900_000

const here = await canHavePrograms()

/** Texts that must not turn up anywhere, besides those that are found where secrets are. */
export type Canaries = Set<string>

/** What the tests of one suite share. */
export interface Shared extends Pick<World, 'plane' | 'said'>, Pick<Sources, 'google'> {
  close(): Promise<void>
}

/**
 * Tests that share one control plane, then what holds of all of them together, judged by the API server's audit log.
 * Skipped, and said so, where Go is missing.
 */
export const onPlane = <T extends Shared>(
  title: string,
  start: () => Promise<T>,
  tests: (world: () => T, canaries: Canaries) => void,
): void => {
  if (!here) process.stderr.write(`SKIPPED: ${title}: Go is not on PATH, so there is no control plane\n`)
  const suite = here ? describe : describe.skip
  suite(title, () => {
    let running: T | undefined
    const canaries: Canaries = new Set(tokens)
    const world = (): T => {
      if (running === undefined) throw new Error('the control plane does not run')
      return running
    }
    beforeAll(async () => {
      running = await start()
    }, halfAnHour)
    afterAll(async () => running?.close(), 60_000)
    tests(world, canaries)
    afterwards(world, canaries)
  })
}

/** The same with the product called as a library. */
export const onControlPlane = (
  title: string,
  tests: (world: () => World, canaries: Canaries) => void,
  options: WorldOptions = {},
): void => onPlane(title, () => startWorld(options), tests)

/**
 * Tests that wait more than they work: all begin together, each on namespaces of its own, and each is told apart as
 * usual. Inside `onControlPlane` only.
 */
export const sideBySide = (tests: Readonly<Record<string, () => Promise<unknown>>>): void => {
  const begun = new Map<string, Promise<unknown>>()
  describe('side by side', () => {
    beforeAll(() => {
      for (const [name, begin] of Object.entries(tests)) {
        const running = begin()
        running.catch(() => undefined)
        begun.set(name, running)
      }
    })
    for (const name of Object.keys(tests)) test(name, async () => void (await begun.get(name)), longest)
  })
}

/** For `sideBySide`: each of these begins when the one before it has ended. */
export const inTurn = (
  tests: Readonly<Record<string, () => Promise<unknown>>>,
): Readonly<Record<string, () => Promise<unknown>>> => {
  let last: Promise<unknown> = Promise.resolve()
  return Object.fromEntries(
    Object.entries(tests).map(([name, run]) => [
      name,
      () => {
        last = last.then(run, run)
        return last
      },
    ]),
  )
}

const afterwards = (world: () => Shared, canaries: Canaries): void => {
  let read: ReturnType<Shared['plane']['audit']> | undefined
  const audit = () => {
    read ??= world().plane.audit()
    return read
  }
  test('the planner wrote nothing and asked for no Secret: the audit log says so', async () => {
    const all = (await audit()).filter(({ user }) => user.username === emailOf('planner'))
    expect(all.length).toBeGreaterThan(20)
    const wrong = all.filter(
      ({ verb, objectRef }) =>
        !reads.has(verb) || objectRef?.resource === 'secrets' || objectRef?.subresource === 'log',
    )
    expect(wrong.map(shownEntry)).toEqual([])
  })
  test('the applier’s writes are in the same log: it does log writes', async () => {
    const all = (await audit()).filter(({ user }) => user.username === emailOf('applier'))
    expect(all.some(({ verb }) => verb === 'patch')).toBe(true)
  })
  test('no secret is in the audit log beside the Secrets, nor in what Slipway says', async () => {
    const secrets = await secretsOf(world())
    // Without a secret there is nothing to look for.
    expect(secrets.size).toBeGreaterThan(0)
    const added = [...canaries].map(canary => [canary, 'a secret of the tests'] as const)
    expect(leaksIn(new Map([...added, ...secrets]), await audit(), world().said)).toEqual([])
  })
}
