import { expect, test } from '@jest/globals'
import { fileOf, over, small } from './control-plane/files.ts'
import { fieldAt, paths, revisions, rolls, serving } from './control-plane/looks.ts'
import { payloadOf, rotate } from './control-plane/secrets.ts'
import { onControlPlane } from './control-plane/suite.ts'
import { shown, type World } from './control-plane/world.ts'

const time = 120_000

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

onControlPlane('objects of a release on a real control plane', world => {
  const file = (values = {}): string =>
    fileOf({ name: 'web', charts: world().charts, values: over(base, values), sections })
  const base = over(small, { ingress: { enabled: true, host: 'web.example.com', authSecret: 'web-login' } })
  const login = { from: 'literal', value: 'sky:$apr1$saltsalt$' }
  const sections = { namespaces: { web: { secrets: { 'web-login': { data: { auth: login } } } } } }
  const server = ['web', 'web-api-server'] as const

  test(
    'a release with an Ingress',
    async () => {
      await world().settle(file())
      expect(await serving(world(), ...server)).toBe(1)
    },
    time,
  )

  test(
    'an object that the values switch off goes',
    async () => {
      const without = file({ ingress: { enabled: false } })
      const plan = await world().plan(without)
      expect(shown(plan).some(line => line.includes('Ingress/web/web-ingress'))).toBe(true)
      await world().settle(without)
      expect(await fieldAt(world(), paths.ingress('web', 'web-ingress'), 'kind')).toBeUndefined()
      await world().settle(file())
      expect(await fieldAt(world(), paths.ingress('web', 'web-ingress'), 'kind')).toBe('Ingress')
    },
    time,
  )

  test(
    'what was edited by hand is shown and put right; what a hand added stays',
    async () => {
      const { admin } = world().plane
      await admin.merge(paths.configMap('web', 'web-config'), { data: { 'config.yaml': 'edited: true' } })
      await admin.merge(paths.deployment(...server), {
        metadata: { annotations: { 'example.com/note': 'ours' } },
        spec: { replicas: 2 },
      })
      const lines = shown(await world().plan(file())).join('\n')
      expect(lines).toContain('config.yaml: "edited: true" → ""')
      expect(lines).toContain('spec.replicas: 2 → 1')
      expect(lines).not.toContain('example.com/note')
      await world().settle(file())
      expect(await fieldAt(world(), paths.deployment(...server), 'spec', 'replicas')).toBe(1)
      const note = ['metadata', 'annotations', 'example.com/note']
      expect(await fieldAt(world(), paths.deployment(...server), ...note)).toBe('ours')
    },
    time,
  )

  test(
    'what was deleted by hand is made again',
    async () => {
      await world().plane.admin.remove(paths.service('web', 'web-api-service'))
      expect(shown(await world().plan(file())).join('\n')).toContain('Service/web/web-api-service')
      await world().settle(file())
      expect(await fieldAt(world(), paths.service('web', 'web-api-service'), 'kind')).toBe('Service')
    },
    time,
  )

  test(
    'a claim grows, and does not shrink',
    async () => {
      await world().settle(file({ storage: { size: '20Gi' } }))
      const claim = paths.claim('web', 'web-state')
      expect(await fieldAt(world(), claim, 'spec', 'resources', 'requests', 'storage')).toBe('20Gi')
      const { problems } = await world().plan(file())
      expect(problems.map(({ message }) => message).join('\n')).toMatch(/can grow but not shrink/)
    },
    time,
  )

  test(
    'the class of a claim and the selector of a workload are refused at plan time',
    async () => {
      const other = file({ storage: { size: '20Gi', storageClassName: 'premium-rwo' } })
      expect((await world().plan(other)).problems.map(({ message }) => message).join('\n')).toMatch(
        /fixes the settings of a claim/,
      )
      await replaceSelector(world(), ...server)
      const { problems } = await world().plan(file({ storage: { size: '20Gi' } }))
      expect(problems.map(({ message }) => message).join('\n')).toMatch(/fixes the selector/)
      await world().plane.admin.remove(paths.deployment(...server))
      await world().settle(file({ storage: { size: '20Gi' } }))
    },
    time,
  )

  test(
    'what the API server would refuse is found out before the first write',
    async () => {
      const wrong = file({ storage: { size: '20Gi' }, apiService: { replicas: -1 } })
      const now = async () => [await revisions(world(), 'web', 'web'), shown(await world().plan(file()))]
      const before = await now()
      const applied = await world().apply(wrong, await world().plan(wrong))
      expect(JSON.stringify(applied)).toMatch(/the cluster would refuse Deployment web-api-server/)
      expect(await now()).toEqual(before)
    },
    time,
  )
})

/** Puts a Deployment with another selector in the place of helm's, as somebody with kubectl might. */
const replaceSelector = async (
  { plane: { admin } }: World,
  namespace: string,
  name: string,
): Promise<void> => {
  const path = paths.deployment(namespace, name)
  const live = await admin.get(path)
  await admin.remove(path)
  const text = JSON.stringify({ ...live, status: {} }).replaceAll('"app":"web-api"', '"app":"web-other"')
  const { resourceVersion: _, uid: __, ...metadata } = JSON.parse(text).metadata
  await admin.create(path.slice(0, path.lastIndexOf('/')), { ...JSON.parse(text), metadata })
}
