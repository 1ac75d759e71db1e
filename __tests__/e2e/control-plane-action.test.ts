import { expect, test } from '@jest/globals'
import { type ActionWorld, startActionWorld } from './control-plane/action.ts'
import { fieldAt, paths, revisions, rolls, serving } from './control-plane/looks.ts'
import { longest, onPlane } from './control-plane/suite.ts'

const server = ['skypilot', 'skypilot-api-server'] as const

onPlane('the bundled action on a real control plane', startActionWorld, (world, canaries) => {
  const file = (values: object = {}): string =>
    [
      'app: skypilot',
      'project: acme-ml',
      'location: us-central1',
      'state: cloudsql',
      'database: {auth: password}',
      'releases:',
      `  skypilot: ${JSON.stringify({ repository: world().charts, version: '0.13.0', values })}`,
      '',
    ].join('\n')
  const slower = { apiService: { terminationGracePeriodSeconds: 90 } }
  const broken = { apiService: { ...slower.apiService, image: 'example.com/unpullable:1' } }

  /** Proposes, merges, and sees that every job went well. */
  const bring = async (text: string) => {
    const { number, planned, comment } = await world().propose(text)
    expect([planned.conclusion, planned.problems]).toEqual(['success', []])
    const applied = await world().merge(number)
    expect(applied.applies.map(({ conclusion }) => conclusion)).toEqual(['success'])
    expect(applied.comment).toContain('Planned again afterwards: nothing left to do.')
    return { proposed: comment, applied }
  }

  test(
    'a pull request makes everything from nothing',
    async () => {
      const { proposed, applied } = await bring(file())
      expect(proposed).toMatch(/### Plan for `staging`: \d+ to create\. Nothing that exists is changed\./)
      expect(applied.applies[0]?.log).toMatch(/✓ release\/skypilot {2}created/)
      expect(applied.applies[0]?.log).toMatch(/asking http:\/\/203\.0\.113\.\d+\/api\/health/)
      expect(await serving(world(), ...server)).toBe(1)
      for (const payload of secretsOf(world())) canaries.add(payload)
      expect(canaries.size).toBeGreaterThan(4)
    },
    longest,
  )

  test(
    'one that changes a value shows the field, and rolls the pod',
    async () => {
      const { proposed } = await bring(file(slower))
      expect(proposed).toContain('terminationGracePeriodSeconds')
      expect(await rolls(world(), ...server)).toBe(2)
      expect(await revisions(world(), 'skypilot', 'skypilot')).toEqual(['1 superseded', '2 deployed'])
    },
    longest,
  )

  test(
    'what a hand edited is shown beside the next change, and put right by it',
    async () => {
      await world().plane.admin.merge(paths.deployment(...server), { spec: { replicas: 2 } })
      const { proposed } = await bring(file({ ...slower, ingress: { path: '/sky' } }))
      expect(proposed).toContain('**Drift:** someone changed this outside of Git; merging puts it back.')
      expect(proposed).toMatch(/spec\.replicas {2}2 {2}\(live\)\n.*spec\.replicas {2}1 /)
      expect(await fieldAt(world(), paths.deployment(...server), 'spec', 'replicas')).toBe(1)
    },
    longest,
  )

  test(
    'an image that cannot be pulled fails the job, names the cause in the comment, and the former pod serves',
    async () => {
      const { number, planned } = await world().propose(file(broken))
      expect(planned.conclusion).toBe('success')
      const { applies, comment } = await world().merge(number)
      expect(applies.map(({ conclusion }) => conclusion)).toEqual(['failure'])
      expect(comment).toMatch(/container skypilot-api of Pod\/\S+: its image cannot be pulled/)
      expect(comment).toMatch(/Revision 3 serves again/)
      expect(applies[0]?.annotations.map(({ message }) => message).join('\n')).toMatch(/cannot be pulled/)
      expect(await serving(world(), ...server)).toBe(1)
    },
    longest,
  )

  test(
    'the revert brings it to its end',
    async () => {
      await bring(file(slower))
      expect(await serving(world(), ...server)).toBe(1)
      expect(world().world.scenario.github.violations).toEqual([])
    },
    longest,
  )
})

/** Payloads of the secrets that the environment made, and the passwords in them. */
const secretsOf = ({ world }: ActionWorld): readonly string[] =>
  world.cloud.requests.all
    .filter(({ method, status }) => method?.endsWith('versions.access') === true && status === 200)
    .flatMap(({ response }) => {
      const { payload } = response as { readonly payload?: { readonly data?: string } }
      const text = Buffer.from(payload?.data ?? '', 'base64').toString()
      return text === '' ? [] : [text, text.slice(text.indexOf(':') + 1)]
    })
