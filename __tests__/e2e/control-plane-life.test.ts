import { expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/core/json.ts'
import type { RequestEntry } from '../../src/emulator/index.ts'
import { emailOf, project } from '../support/one-file.ts'
import { fieldAt, listIn, paths, revisions, rolls, serving } from './control-plane/looks.ts'
import { until } from './control-plane/processes.ts'
import { payloadOf, rotate } from './control-plane/secrets.ts'
import { onControlPlane, longest as time } from './control-plane/suite.ts'
import { failuresOf, shown, type World } from './control-plane/world.ts'

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

const given = (apiService: JsonObject = {}): readonly string[] => [
  `    values: ${JSON.stringify({ apiService: { terminationGracePeriodSeconds: 90, ...apiService } })}`,
]
const server = ['skypilot', 'skypilot-api-server'] as const

onControlPlane('the life of a preset on a real control plane', (world, canaries) => {
  const first = () => preset(world().charts, '0.12.2')
  const changed = () => preset(world().charts, '0.12.2', given())
  const upgraded = (apiService: JsonObject = {}) => preset(world().charts, '0.13.0', given(apiService))
  const image = async (): Promise<string> => {
    const template = ['spec', 'template', 'spec']
    const deployment = (await world().plane.admin.get(paths.deployment(...server))) ?? {}
    return String(
      listIn(deployment, ...template, 'containers').find(({ name }) => name === 'skypilot-api')?.image,
    )
  }
  const isBackup = ({ httpMethod, path }: RequestEntry): boolean =>
    httpMethod === 'POST' && path.endsWith('/backupRuns')
  const backups = () => world().google.requests.all.filter(isBackup)
  const backupIds = (): readonly string[] =>
    [...(world().google.state.find(project)?.sqlInstances.values() ?? [])].flatMap(({ backupRuns }) => [
      ...backupRuns.keys(),
    ])
  /** The image of the server whenever Google is asked for a backup; the answer is held back until that is read. */
  const imagesAtBackup = (): readonly Promise<string>[] => {
    const seen: Promise<string>[] = []
    const match = (entry: RequestEntry): boolean => {
      if (isBackup(entry)) seen.push(image())
      return isBackup(entry)
    }
    world().google.faults.add({ match, kind: 'delay', delay: 2_000 })
    return seen
  }

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
    'an upgrade that cannot start is put back; the backup was taken while the old server still ran',
    async () => {
      const [before, atBackup] = [await image(), imagesAtBackup()]
      const broken = upgraded({ image: 'example.com/unpullable:1' })
      const said = failuresOf(await world().apply(broken, await world().plan(broken))).join('\n')
      expect(said).toMatch(/its image cannot be pulled/)
      expect(said).toMatch(/Revision \d+ serves again: the new version never came up/)
      expect(await Promise.all(atBackup)).toEqual([before])
      expect(before).toMatch(/skypilot:0\.12\.2$/)
      expect(backups()).toHaveLength(1)
      expect(shown(await world().plan(changed()))).toEqual([])
    },
    time,
  )

  test(
    'tried again, it has a backup of its own, which the error names once the new server has run',
    async () => {
      const { admin } = world().plane
      // So long that it is still waited for when the pod ends.
      await admin.merge(paths.deployment(...server), { spec: { minReadySeconds: 599 } })
      const next = upgraded({ terminationGracePeriodSeconds: 75 })
      const applying = world().apply(next, await world().plan(next))
      await endOnceSeen(world())
      const said = failuresOf(await applying).join('\n')
      await admin.merge(paths.deployment(...server), { spec: { minReadySeconds: 0 } })
      expect(said).toMatch(/container skypilot-api of Pod\/\S+ ended 3 times, last with exit code 1/)
      expect(backups()).toHaveLength(2)
      const newest = backupIds().at(-1) ?? ''
      expect(said).toContain(`so the old one is not put back. The backup that was taken before is ${newest}.`)
      expect(await image()).toMatch(/skypilot:0\.13\.0$/)
    },
    time,
  )

  test(
    'what mends it goes on from there: the chart upgrade is shown, and the backup stays the one from before',
    async () => {
      const lines = shown(await world().settle(upgraded()))
      expect(lines.some(line => /chart\.version: "0\.12\.2" → "0\.13\.0"/.test(line))).toBe(true)
      expect(await image()).toMatch(/skypilot:0\.13\.0$/)
      expect(backups()).toHaveLength(2)
      const lease = '/apis/coordination.k8s.io/v1/namespaces/skypilot/leases/slipway-skypilot'
      expect(await fieldAt(world(), lease, 'metadata', 'annotations')).toEqual({
        'slipway.dev/chart': 'skypilot 0.13.0',
      })
    },
    time,
  )

  test(
    'a chart downgrade is refused',
    async () => {
      const plan = await world().plan(changed())
      expect(plan.problems.map(({ message }) => message).join('\n')).toMatch(/older server/)
      expect(plan.problems.map(({ advice }) => advice).join('\n')).toMatch(/Restore the backup/)
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

/** Lets the server of the new version end again and again, once it was ready and somebody has looked at it since. */
const endOnceSeen = async (world: World): Promise<void> => {
  const { admin, audit } = world.plane
  const newest = async (): Promise<JsonObject | undefined> =>
    (await admin.items(paths.pods('skypilot'))).find(
      pod =>
        listIn(pod, 'spec', 'containers').some(({ image }) => String(image).endsWith('skypilot:0.13.0')) &&
        listIn(pod, 'status', 'conditions').some(({ type, status }) => type === 'Ready' && status === 'True'),
    )
  const looks = async (): Promise<number> =>
    (await audit()).filter(
      ({ user, verb, objectRef }) =>
        user.username === emailOf('applier') && verb === 'list' && objectRef?.resource === 'pods',
    ).length
  const pod = await until('the new server', newest)
  const before = await looks()
  await until('a look at it', async () => (await looks()) >= before + 2)
  const no = { status: 'False' }
  const conditions = listIn(pod, 'status', 'conditions').map(one =>
    /Ready$/.test(String(one.type)) ? { ...one, ...no } : one,
  )
  const ended = {
    ready: false,
    restartCount: 3,
    state: { waiting: { reason: 'CrashLoopBackOff' } },
    lastState: { terminated: { exitCode: 1, reason: 'Error' } },
  }
  const containerStatuses = listIn(pod, 'status', 'containerStatuses').map(one =>
    one.name === 'skypilot-api' ? { ...one, ...ended } : one,
  )
  const { name } = pod.metadata as JsonObject
  await admin.merge(`${paths.pods('skypilot')}/${String(name)}/status`, {
    status: { conditions, containerStatuses },
  })
}
