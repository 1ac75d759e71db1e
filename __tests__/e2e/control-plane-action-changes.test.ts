import { expect, test } from '@jest/globals'
import { type Merged, startActionWorld } from './control-plane/action.ts'
import { fieldAt, paths, revisions, rolls, serving } from './control-plane/looks.ts'
import { longest, onPlane } from './control-plane/suite.ts'

const server = ['skypilot', 'skypilot-api-server'] as const

onPlane('the versions of a preset, through the bundled action', startActionWorld, (world, canaries) => {
  const file = (version: string, seconds: number): string =>
    [
      'app: skypilot',
      'project: acme-ml',
      'location: us-central1',
      'state: cloudsql',
      'database: {auth: password}',
      'releases:',
      '  skypilot:',
      `    repository: ${world().charts}`,
      `    version: ${version}`,
      `    values: {apiService: {terminationGracePeriodSeconds: ${seconds}}}`,
      '',
    ].join('\n')
  const ends = ({ applies }: Merged) => applies.map(({ conclusion }) => conclusion)
  const secrets = () => world().world.cloud.state.find('acme-ml')?.secrets ?? new Map()
  /** Somebody adds a version of a secret, with the console. */
  const rotate = async (name: string, payload: string): Promise<void> => {
    const base = world().world.cloud.endpoints.CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER ?? ''
    const answer = await fetch(`${base}v1/projects/acme-ml/secrets/${name}:addVersion`, {
      method: 'POST',
      headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
      body: JSON.stringify({ payload: { data: Buffer.from(payload).toString('base64') } }),
    })
    expect(answer.status).toBe(200)
    canaries.add(payload)
  }
  /** Proposes, merges, and sees that every job went well. */
  const bring = async (text: string) => {
    const { number, planned, comment } = await world().propose(text)
    expect([planned.conclusion, planned.problems]).toEqual(['success', []])
    const merged = await world().merge(number)
    expect(ends(merged)).toEqual(['success'])
    return { proposed: comment, merged, number }
  }

  test(
    'an older version, from nothing',
    async () => {
      const { merged } = await bring(file('0.12.2', 60))
      expect(merged.comment).toContain('healthy, version 0.12.2')
      for (const { versions } of secrets().values())
        for (const { payload = '' } of versions.values())
          canaries.add(Buffer.from(payload, 'base64').toString())
      expect(canaries.size).toBeGreaterThan(4)
    },
    longest,
  )

  test(
    'an upgrade says what it interrupts and that a backup is taken first, and takes one',
    async () => {
      const { proposed, merged } = await bring(file('0.13.0', 60))
      expect(proposed).toContain('**and it interrupts people**')
      expect(proposed).toMatch(/chart\.version +0\.12\.2 → 0\.13\.0/)
      expect(proposed).toMatch(/A backup of `sql-instance\/staging` is taken first/)
      expect(merged.comment).toContain('healthy, version 0.13.0')
      const containers = ['spec', 'template', 'spec', 'containers']
      expect(JSON.stringify(await fieldAt(world(), paths.deployment(...server), ...containers))).toContain(
        'skypilot:0.13.0',
      )
      const backups = world().world.cloud.requests.all.filter(
        ({ httpMethod, path }) => httpMethod === 'POST' && path.endsWith('/backupRuns'),
      )
      expect(backups).toHaveLength(1)
    },
    longest,
  )

  test(
    'a downgrade fails the required check with its recipe; merged all the same, nothing is written',
    async () => {
      const { number, planned, comment } = await world().propose(file('0.12.2', 60))
      expect(planned.conclusion).toBe('failure')
      expect(comment).toContain('### **Cannot be merged yet:** 1 change of `staging` is refused.')
      expect(comment).toMatch(
        /Refused:.*chart\.version cannot change from 0\.13\.0 to 0\.12\.2: an older server does not read.*What to do:.*Restore the backup/,
      )
      expect(planned.annotations[0]).toMatchObject({ file: 'environments/staging.yaml', level: 'error' })
      const before = [await rolls(world(), ...server), await revisions(world(), 'skypilot', 'skypilot')]
      const merged = await world().merge(number)
      expect(ends(merged)).toEqual(['failure'])
      expect(merged.comment).toContain('Stopped before the first write')
      expect(merged.comment).toMatch(/an older server does not read.*Restore the backup/)
      expect(merged.comment).not.toContain('approve=')
      expect(merged.comment).not.toContain('was not reviewed')
      expect(merged.applies[0]?.annotations).toHaveLength(2)
      expect([await rolls(world(), ...server), await revisions(world(), 'skypilot', 'skypilot')]).toEqual(
        before,
      )
    },
    longest,
  )

  test(
    'a password that was rotated is stopped in a dispatched run, approved by its digest, and rolls the pod once',
    async () => {
      const { number, proposed } = await bring(file('0.13.0', 61))
      expect(proposed).not.toContain('A backup of')
      const before = await rolls(world(), ...server)
      await rotate('staging-skypilot-database', 'r0t4ted-c4n4ry-password')
      const stopped = await world().dispatch({ environment: 'staging' }, number)
      expect(ends(stopped)).toEqual(['failure'])
      expect(stopped.applies[0]?.summary).toContain('Stopped before the first write')
      expect(await rolls(world(), ...server)).toBe(before)
      const approve = stopped.applies[0]?.outputs.digest ?? ''
      expect(ends(await world().dispatch({ environment: 'staging', approve }, number))).toEqual(['success'])
      expect(await rolls(world(), ...server)).toBe(before + 1)
      const again = await world().dispatch({ environment: 'staging' }, number)
      expect(ends(again)).toEqual(['success'])
      expect(again.applies[0]?.summary).toContain('nothing was left to do')
      expect(await rolls(world(), ...server)).toBe(before + 1)
      expect(await serving(world(), ...server)).toBe(1)
    },
    longest,
  )

  test(
    'one that was rotated before a pull request is in its comment, is applied by its merge, and rolls with it once',
    async () => {
      const before = await rolls(world(), ...server)
      await rotate('staging-skypilot-database', 'r0t4ted-tw1ce-c4n4ry')
      const { proposed } = await bring(file('0.13.0', 62))
      expect(proposed).toMatch(/sql-user\/skypilot/)
      expect(proposed).toMatch(/kubernetes-secret\/skypilot-db-connection-uri/)
      expect(await rolls(world(), ...server)).toBe(before + 1)
      expect(world().world.scenario.github.violations).toEqual([])
    },
    longest,
  )
})
