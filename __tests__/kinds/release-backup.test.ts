import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/core/json.ts'
import type { Write } from '../../src/gcp/port.ts'
import { type BackupFor, backUp } from '../../src/kinds/release/backup.ts'
import { helmHere } from '../helm/charts.ts'
import { environment, startWorld, type TestWorld, type Wish } from './release-support/world.ts'

const morning = Date.parse('2026-11-21T08:00:00Z')
const minutes = 60_000
const days = 24 * 60 * minutes

/** A database whose backups are taken at once, one release, and the Lease that remembers. */
const startAttempts = ({
  outputs = { connectionName: 'acme:us-central1:db' },
  skew = 0,
}: {
  readonly outputs?: JsonObject
  /** How far Google's clock is ahead, milliseconds. */
  readonly skew?: number
} = {}) => {
  const runs: Record<string, unknown>[] = []
  const written: string[] = []
  let [now, ends] = [morning, false]
  let remembered: string | undefined
  let next: { readonly status: string; readonly error?: JsonObject } = { status: 'SUCCESSFUL' }
  const gcp = {
    list: async () => runs,
    write: async ({ path, body }: Write<unknown>) => {
      written.push(path)
      const enqueuedTime = new Date(now + skew).toISOString()
      now += minutes
      const times = { enqueuedTime, endTime: new Date(now + skew).toISOString() }
      runs.push({ id: String(runs.length + 1), ...next, ...(body as JsonObject), ...times })
      return { name: 'op' }
    },
    wait: async () => undefined,
    until: async (_: string, __: number, ask: () => Promise<unknown>) => {
      for (let tries = 0; tries < 5; tries++) {
        const found = await ask()
        if (found !== undefined) return found
        if (ends) Object.assign(runs.at(-1) ?? {}, { status: 'SUCCESSFUL' })
      }
      throw new Error('killed')
    },
  }
  const upgrade = async (to = '2.0.0', wasLeft = false): Promise<string | undefined> => {
    const site = {
      work: {
        address: 'release/web',
        spec: { release: 'web', backupBefore: 'sql-instance/e', chart: { name: 'demo', version: to } },
        outputs: () => outputs,
        progress: () => undefined,
      },
      ports: { gcp, run: { clock: { now: () => now } } },
      lease: {
        backup: remembered,
        wasLeft,
        backUp: async (after: string): Promise<void> => {
          remembered = after
        },
      },
    }
    return (await backUp(site as unknown as BackupFor, '1.0.0'))?.id
  }
  return {
    runs,
    written,
    upgrade,
    pass: (milliseconds: number): void => {
      now += milliseconds
    },
    /** What runs ends while it is waited for. */
    end: (): void => {
      ends = true
    },
    /** The upgrade ended well, or what served before was put back. */
    over: (): void => {
      remembered = undefined
    },
    answerWith: (status: string, error?: JsonObject): void => {
      next = { status, ...(error === undefined ? {} : { error }) }
    },
  }
}

describe('the backup before another version', () => {
  test('is taken, and says of which upgrade it is', async () => {
    const { upgrade, runs, written } = startAttempts()
    expect(await upgrade()).toBe('1')
    expect(written).toEqual(['/v1/projects/acme/instances/db/backupRuns'])
    expect(runs.map(({ description }) => description)).toEqual(['slipway: web 1.0.0 to 2.0.0'])
  })
  test.each([0, -5, 5])(
    'that a killed run had taken is not taken a second time, Google’s clock being %d minutes ahead',
    async ahead => {
      const { upgrade, pass, over, runs } = startAttempts({ skew: ahead * minutes })
      await upgrade()
      over()
      await upgrade()
      pass(10 * minutes)
      expect(await upgrade()).toBe('2')
      expect(runs).toHaveLength(2)
    },
  )
  test('that a killed run had ordered is waited for', async () => {
    const { upgrade, pass, runs, answerWith, end } = startAttempts()
    answerWith('RUNNING')
    await expect(upgrade()).rejects.toThrow('killed')
    pass(2 * days)
    end()
    expect(await upgrade()).toBe('1')
    expect(runs).toHaveLength(1)
  })
  test('is taken again when the upgrade is tried again after what served before was put back', async () => {
    const { upgrade, over } = startAttempts()
    await upgrade()
    over()
    expect(await upgrade()).toBe('2')
    over()
    expect(await upgrade()).toBe('3')
  })
  test('of another release is no concern of this one', async () => {
    const { upgrade, runs } = startAttempts()
    const enqueuedTime = new Date(morning + days).toISOString()
    const other = { id: '9', status: 'SUCCESSFUL', enqueuedTime }
    runs.push(
      { ...other, description: 'slipway: web2 1.0.0 to 2.0.0' },
      { ...other, description: 'by hand' },
      other,
    )
    expect(await upgrade()).toBe('4')
    expect(await upgrade()).toBe('4')
  })
  test('is taken again when a run that was stopped before it touched the release is tried again a day later', async () => {
    const { upgrade, pass } = startAttempts()
    await upgrade()
    pass(days)
    expect(await upgrade()).toBe('2')
  })
  test('stays the one from before the new server ran, however long ago, and whatever version mends it', async () => {
    const { upgrade, pass, runs } = startAttempts()
    await upgrade()
    pass(2 * days)
    expect(await upgrade('2.0.1', true)).toBe('1')
    expect(runs).toHaveLength(1)
  })
  test.each(['FAILED', 'SKIPPED', 'DELETED', 'DELETION_PENDING'])(
    'is taken again when the earlier one is %s',
    async status => {
      const { upgrade, runs } = startAttempts()
      await upgrade()
      Object.assign(runs[0] ?? {}, { status })
      expect(await upgrade('2.0.0', true)).toBe('2')
      expect(await upgrade('2.0.0', true)).toBe('2')
    },
  )
  test('that fails while it is waited for stops the upgrade with Google’s words', async () => {
    const { upgrade, answerWith } = startAttempts()
    answerWith('FAILED', { message: 'no space' })
    await expect(upgrade()).rejects.toThrow(
      'release/web: the backup of db that has to come first is FAILED (no space).',
    )
  })
  test('stops the upgrade if the database is not known', async () => {
    const { upgrade, written } = startAttempts({ outputs: {} })
    await expect(upgrade()).rejects.toThrow('cannot be backed up first')
    expect(written).toEqual([])
  })
})

const withHelm = helmHere() === undefined ? describe.skip : describe

withHelm('an upgrade beside a database', () => {
  let world: TestWorld
  const wish = (version: string, more: Wish = {}) => environment(world, { version, database: true, ...more })
  const lease = () => world.kubernetes.get('Lease', 'web', 'slipway-web')?.metadata as JsonObject
  beforeAll(async () => {
    world = await startWorld()
    expect((await world.apply(await world.plan(wish('1.0.0')))).failures).toEqual([])
  })
  afterAll(() => world.close())

  /** Applies a version; gives what failed. */
  const upgrade = async (version: string, more: Wish = {}, listen?: (said: string) => unknown) => {
    const plan = await world.plan(wish(version, more), wish('1.0.0'))
    return (await world.apply(plan, undefined, listen)).failures.map(({ message }) => message).join('\n')
  }

  test('that is put back has a backup of its own, and so has the next try', async () => {
    const unpullable = { values: { apiService: { tag: 'none' } } }
    for (const backups of [1, 2]) {
      world.kubernetes.behaviour.imagePull = 'fail'
      const mended = (said: string): void => {
        if (said.startsWith('putting revision')) delete world.kubernetes.behaviour.imagePull
      }
      expect(await upgrade('1.1.0', unpullable, mended)).toMatch(/Revision \d+ serves again/)
      expect(world.backups).toHaveLength(backups)
      expect(lease().annotations).toEqual({ 'slipway.dev/chart': 'demo 1.0.0' })
    }
  })
  test('whose server does not answer as it should names the backup', async () => {
    expect(await upgrade('1.1.0', { says: '7' })).toMatch(
      /version 1\.1\.0, expected 7.* The backup that was taken before is backup-3\./s,
    )
    expect(world.backups).toHaveLength(3)
  })
})
