import { expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/core/json.ts'
import { startChild } from './control-plane/child.ts'
import { emailOf } from './control-plane/engine.ts'
import { fileOf, over, small } from './control-plane/files.ts'
import { installByHand, tellingHelm } from './control-plane/helm.ts'
import { revisions, rolls, serving } from './control-plane/looks.ts'
import { until } from './control-plane/processes.ts'
import { onControlPlane } from './control-plane/suite.ts'
import { failuresOf, shown } from './control-plane/world.ts'

const time = 240_000

onControlPlane('what was interrupted is put right by the next apply', world => {
  const file = (name: string, values: JsonObject = {}): string =>
    fileOf({ name, charts: world().charts, values: over(small, values), more: { timeoutMinutes: 2 } })
  const nginx = { 'ingress-nginx': { enabled: true } }

  /** Waits until helm has written that it is at it. */
  const pending = (name: string, status: string): Promise<unknown> =>
    until(`${status} of ${name}`, async () =>
      (await revisions(world(), name, name)).some(line => line.endsWith(status)),
    )

  test(
    'everything is killed during a first installation',
    async () => {
      const text = file('first', nginx)
      const child = startChild(text, await world().plan(text), world().run('applier', text))
      await pending('first', 'pending-install')
      await child.kill()
      expect(await revisions(world(), 'first', 'first')).toEqual(['1 pending-install'])
      const plan = await world().settle(text)
      expect(plan.steps.map(({ address }) => address)).toContain('release/first')
      expect(await revisions(world(), 'first', 'first')).toEqual(['1 deployed'])
      expect(await serving(world(), 'first', 'first-api-server')).toBe(1)
    },
    time,
  )

  test(
    'everything is killed during an upgrade',
    async () => {
      const [before, after] = [
        file('first', nginx),
        file('first', over(nginx, { apiService: { image: 'x.io/skypilot:0.13.1' } })),
      ]
      await world().settle(before)
      const child = startChild(after, await world().plan(after), world().run('applier', after), before)
      await pending('first', 'pending-upgrade')
      await child.kill()
      expect(await revisions(world(), 'first', 'first')).toEqual(['1 deployed', '2 pending-upgrade'])
      await world().settle(after)
      expect(await revisions(world(), 'first', 'first')).toEqual(['1 superseded', '2 deployed'])
      expect(await serving(world(), 'first', 'first-api-server')).toBe(1)
    },
    time,
  )

  test(
    'helm alone is killed during an upgrade: said, and healed at once by the next apply',
    async () => {
      await world().settle(file('first', nginx))
      const helm = await tellingHelm(world())
      const after = file('first', over(nginx, { apiService: { image: 'x.io/skypilot:0.13.2' } }))
      const applying = world().apply(after, await world().plan(after), { env: helm.env })
      await pending('first', 'pending-upgrade')
      process.kill((await helm.pid()) ?? 0, 'SIGKILL')
      const said = failuresOf(await applying).join('\n')
      expect(said).toMatch(/helm upgrade of first/)
      const applied = async (): Promise<number> =>
        (await world().plane.audit()).filter(({ user }) => user.username === emailOf('applier')).length
      const before = await applied()
      await new Promise(done => setTimeout(done, 6_000))
      expect(await applied()).toBe(before)
      await world().settle(after)
      expect((await revisions(world(), 'first', 'first')).at(-1)).toMatch(/deployed$/)
    },
    time,
  )

  test(
    'two applies of one change at once: one after the other, each ends well',
    async () => {
      const text = file('twice')
      await world().settle(text)
      const next = file('twice', { apiService: { terminationGracePeriodSeconds: 90 } })
      const plan = await world().plan(next)
      const ended = await Promise.all([world().apply(next, plan), world().apply(next, plan)])
      expect(ended.flatMap(failuresOf)).toEqual([])
      expect(await rolls(world(), 'twice', 'twice-api-server')).toBe(2)
      const lines = await revisions(world(), 'twice', 'twice')
      expect(lines.filter(line => !/superseded|deployed/.test(line))).toEqual([])
      expect(shown(await world().plan(next))).toEqual([])
    },
    time,
  )

  test(
    'a release that was made by hand with other values is adopted with its difference shown',
    async () => {
      const other = over(small, { apiService: { terminationGracePeriodSeconds: 30 } })
      await installByHand(world(), 'hand', '0.13.0', other)
      const text = file('hand')
      const plan = await world().plan(text)
      expect(plan.steps.map(({ action, address }) => `${action} ${address}`)).toEqual([
        'adopt namespace/hand',
        'adopt release/hand',
      ])
      const lines = shown(plan).join('\n')
      expect(lines).toContain('spec.terminationGracePeriodSeconds: 30 → 60')
      await world().settle(text)
      expect(await revisions(world(), 'hand', 'hand')).toEqual(['1 superseded', '2 deployed'])
    },
    time,
  )

  test(
    'one that differs in nothing is adopted without a revision',
    async () => {
      await installByHand(world(), 'same', '0.13.0', small)
      await world().settle(file('same'))
      expect(await revisions(world(), 'same', 'same')).toEqual(['1 deployed'])
    },
    time,
  )
})
