import { expect, test } from '@jest/globals'
import { fieldAt, paths, revisions, rolls, serving } from './control-plane/looks.ts'
import { payloadOf, rotate } from './control-plane/secrets.ts'
import { onControlPlane, longest as time } from './control-plane/suite.ts'
import { shown } from './control-plane/world.ts'

/** The preset's file on a cluster of its own. */
const preset = (charts: string, version: string, more: readonly string[] = []): string =>
  [
    'name: staging',
    'app: skypilot',
    'project: acme-ml',
    'location: us-central1',
    'state: cloudsql',
    'database: {auth: password}',
    'releases:',
    '  skypilot:',
    `    repository: ${charts}`,
    `    version: ${version}`,
    ...more,
    '',
  ].join('\n')

const larger = ['    values: {apiService: {terminationGracePeriodSeconds: 90}}']
const server = ['skypilot', 'skypilot-api-server'] as const

onControlPlane('the life of a preset on a real control plane', (world, canaries) => {
  const first = () => preset(world().charts, '0.12.2')
  const changed = () => preset(world().charts, '0.12.2', larger)
  const upgraded = () => preset(world().charts, '0.13.0', larger)

  test(
    'is made from nothing, answers, and leaves an empty plan',
    async () => {
      const plan = await world().settle(first())
      expect(plan.steps.every(({ action }) => action === 'create')).toBe(true)
      for (const name of ['staging-skypilot-database', 'staging-skypilot-login']) {
        const payload = await payloadOf(world(), name)
        canaries.add(payload)
        canaries.add(payload.slice(payload.indexOf(':') + 1))
      }
      expect(await serving(world(), ...server)).toBe(1)
      expect(world().said.some(line => line.includes('healthy, version 0.12.2'))).toBe(true)
    },
    time,
  )

  test(
    'applying the same again makes no revision',
    async () => {
      const before = await revisions(world(), 'skypilot', 'skypilot')
      expect((await world().settle(first())).steps).toEqual([])
      expect(await revisions(world(), 'skypilot', 'skypilot')).toEqual(before)
    },
    time,
  )

  test(
    'a changed value is shown as the field that it changes, and rolls the pod',
    async () => {
      const plan = await world().settle(changed())
      expect(shown(plan)).toEqual([
        'update release/skypilot',
        '  objects.Deployment/skypilot/skypilot-api-server.spec.template.spec.terminationGracePeriodSeconds: 60 → 90 restart',
      ])
      expect(await rolls(world(), ...server)).toBe(2)
    },
    time,
  )

  test(
    'a chart upgrade is shown, and backs the database up first',
    async () => {
      const lines = shown(await world().settle(upgraded()))
      expect(lines.some(line => /chart\.version: "0\.12\.2" → "0\.13\.0"/.test(line))).toBe(true)
      const images = await fieldAt(
        world(),
        paths.deployment(...server),
        'spec',
        'template',
        'spec',
        'containers',
      )
      expect(JSON.stringify(images)).toContain('skypilot:0.13.0')
      const backups = world().google.requests.all.filter(
        ({ httpMethod, path }) => httpMethod === 'POST' && path.endsWith('/backupRuns'),
      )
      expect(backups).toHaveLength(1)
    },
    time,
  )

  test(
    'a chart downgrade is refused',
    async () => {
      const plan = await world().plan(changed())
      expect(plan.problems.map(({ message }) => message).join('\n')).toMatch(/older server/)
      const applied = await world().apply(changed(), plan)
      expect(applied.ended).toBe('refused')
    },
    time,
  )

  test(
    'a rotated password rolls the pod once, and only once',
    async () => {
      const before = await rolls(world(), ...server)
      canaries.add(await rotate(world(), 'staging-skypilot-database', 'r0t4ted-c4n4ry-password'))
      const plan = await world().settle(upgraded())
      expect(plan.steps.map(({ address }) => address).toSorted()).toEqual([
        'kubernetes-secret/skypilot-db-connection-uri',
        'release/skypilot',
        'sql-user/skypilot',
      ])
      expect(await rolls(world(), ...server)).toBe(before + 1)
      expect((await world().settle(upgraded())).steps).toEqual([])
      expect(await rolls(world(), ...server)).toBe(before + 1)
    },
    time,
  )

  test(
    'a rotated login rolls nothing',
    async () => {
      const before = await rolls(world(), ...server)
      canaries.add(await rotate(world(), 'staging-skypilot-login', 'skypilot:r0t4ted-c4n4ry-login'))
      const plan = await world().settle(upgraded())
      expect(plan.steps.map(({ address }) => address)).toContain('kubernetes-secret/skypilot-login')
      expect(await rolls(world(), ...server)).toBe(before)
    },
    time,
  )
})
