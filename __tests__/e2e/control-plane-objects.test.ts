import { expect, test } from '@jest/globals'
import type { Plan } from '../../src/core/plan.ts'
import { fileOf, over, small } from './control-plane/files.ts'
import { replaceSelector } from './control-plane/hands.ts'
import { fieldAt, paths, revisions, serving } from './control-plane/looks.ts'
import { onControlPlane, longest as time } from './control-plane/suite.ts'
import { shown } from './control-plane/world.ts'

onControlPlane('objects of a release on a real control plane', world => {
  const file = (values = {}): string =>
    fileOf({ name: 'web', charts: world().charts, values: over(base, values), sections })
  const base = over(small, { ingress: { enabled: true, host: 'web.example.com', authSecret: 'web-login' } })
  const login = { from: 'secret', secret: 'web-login', version: '1' }
  const sections = { namespaces: { web: { secrets: { 'web-login': { data: { auth: login } } } } } }
  const server = ['web', 'web-api-server'] as const
  const moving = (version: string): string =>
    fileOf({ name: 'moving', charts: world().charts, chart: 'moving', version, values: {} })

  test(
    'a release with an Ingress',
    async () => {
      world().google.seed('acme-ml').secret('web-login', ['sky:$apr1$saltsalt$w3b-l0gin-c4n4ry'])
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
    'a server that was deleted by hand is made again, and serves',
    async () => {
      const made = await revisions(world(), 'web', 'web')
      await world().plane.admin.remove(paths.deployment(...server))
      const lines = shown(await world().plan(file()))
      expect(lines).toEqual([
        'update release/web',
        expect.stringMatching(/^ {2}objects\.Deployment\/web\/web-api-server: undefined → \{.*\} in-place$/),
      ])
      await world().settle(file())
      expect(await serving(world(), ...server)).toBe(1)
      expect(await revisions(world(), 'web', 'web')).toHaveLength(made.length + 1)
    },
    time,
  )

  test(
    'a claim grows, and does not shrink',
    async () => {
      await world().settle(file({ storage: { size: '20Gi' } }))
      const claim = paths.claim('web', 'web-state')
      expect(await fieldAt(world(), claim, 'spec', 'resources', 'requests', 'storage')).toBe('20Gi')
      await refused(
        world().plan(file()),
        /can grow but not shrink/,
        /in the same unit, at least as large as it is now/,
      )
    },
    time,
  )

  test(
    'the class of a claim and the selector of a workload are refused at plan time',
    async () => {
      const other = file({ storage: { size: '20Gi', storageClassName: 'premium-rwo' } })
      await refused(
        world().plan(other),
        /fixes the settings of a claim/,
        /Make a second claim with the new settings/,
      )
      await replaceSelector(world(), ...server)
      const now = file({ storage: { size: '20Gi' } })
      await refused(
        world().plan(now),
        /fixes the selector/,
        /Give the object another name .* or delete it by hand/,
      )
      await world().plane.admin.remove(paths.deployment(...server))
      await world().settle(file({ storage: { size: '20Gi' } }))
    },
    time,
  )

  test(
    'an object that the next version of a chart no longer has is shown as removed, and goes',
    async () => {
      await world().settle(moving('1.0.0'))
      expect(await fieldAt(world(), paths.configMap('moving', 'moving-extra'), 'kind')).toBe('ConfigMap')
      expect(shown(await world().settle(moving('1.1.0')))).toEqual([
        'update release/moving',
        '  chart.version: "1.0.0" → "1.1.0" in-place',
        expect.stringMatching(/^ {2}objects\.ConfigMap\/moving\/moving-extra: \{.*\} → undefined remove$/),
      ])
      expect(await fieldAt(world(), paths.configMap('moving', 'moving-extra'), 'kind')).toBeUndefined()
    },
    time,
  )

  test(
    'a version of a chart that asks for another selector is refused before the first write',
    async () => {
      const next = moving('1.2.0')
      const plan = await world().plan(next)
      await refused(plan, /fixes the selector/, /Give the object another name/)
      expect((await world().apply(next, plan)).ended).toBe('refused')
      expect(await revisions(world(), 'moving', 'moving')).toEqual(['1 superseded', '2 deployed'])
      expect(shown(await world().plan(moving('1.1.0')))).toEqual([])
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

/** Expects one refusal in a plan, with its reason and with what to do instead. */
const refused = async (planned: Plan | Promise<Plan>, why: RegExp, advice: RegExp): Promise<void> => {
  const { problems } = await planned
  expect(problems).toEqual([
    expect.objectContaining({
      message: expect.stringMatching(why),
      advice: expect.stringMatching(advice),
    }),
  ])
}
