import { expect, test } from '@jest/globals'
import { fileOf, over, small } from './control-plane/files.ts'
import { fieldAt, paths, revisions, serving } from './control-plane/looks.ts'
import { onControlPlane, longest as time } from './control-plane/suite.ts'
import { shown, type World } from './control-plane/world.ts'

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
