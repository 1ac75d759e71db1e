import { expect } from '@jest/globals'
import type { Applied } from '../../src/commands/apply.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { emailOf } from '../support/one-file.ts'
import { startChild } from './control-plane/child.ts'
import { applyOnce } from './control-plane/engine.ts'
import { fileOf, over, small } from './control-plane/files.ts'
import { installByHand, startByHand, tellingHelm } from './control-plane/helm.ts'
import { installByHelm3 } from './control-plane/helm3.ts'
import { fieldAt, paths, revisions, rolls, serving } from './control-plane/looks.ts'
import { until } from './control-plane/processes.ts'
import { inTurn, onControlPlane, sideBySide } from './control-plane/suite.ts'
import { failuresOf, shown } from './control-plane/world.ts'

onControlPlane('what was interrupted is put right by the next apply', world => {
  const file = (name: string, values: JsonObject = {}): string =>
    fileOf({ name, charts: world().charts, values: over(small, values), more: { timeoutMinutes: 60 } })
  const hooked = (name: string, values: JsonObject = {}): string =>
    fileOf({ name, charts: world().charts, chart: 'hooked', version: '1.0.0', values })
  const nginx = { 'ingress-nginx': { enabled: true } }
  const withImage = (image: string) => file('first', over(nginx, { apiService: { image } }))
  const hour = 3_600_000

  /** Waits until helm has written that it is at it. */
  const pending = (name: string, status: string): Promise<unknown> =>
    until(`${status} of ${name}`, async () =>
      (await revisions(world(), name, name)).some(line => line.endsWith(status)),
    )

  /** What the applier asked for in a namespace so far. */
  const asked = async (namespace: string): Promise<number> =>
    (await world().plane.audit()).filter(
      ({ user, objectRef }) => user.username === emailOf('applier') && objectRef?.namespace === namespace,
    ).length

  /** Somebody's helm hangs in a hook: nothing is done beside it; once it is long dead, it is put right. */
  const besideSomebody = async (name: string, before: readonly string[], status: string): Promise<void> => {
    const values = { image: 'example.com/unpullable:1', value: 'theirs' }
    const helm = await startByHand(world(), { release: name, chart: 'hooked-1.0.0', values })
    await pending(name, status)
    const text = hooked(name, { value: 'ours' })
    const plan = await world().plan(text)
    const said = failuresOf(await world().apply(text, plan)).join('\n')
    expect(said).toMatch(new RegExp(`Release ${name} in ${name} is ${status} since .*running helm`))
    const stuck = `${before.length + 1} ${status}`
    expect(await revisions(world(), name, name)).toEqual([...before, stuck])
    helm.kill('SIGKILL')
    const ended = await world().apply(text, await world().plan(text), { ahead: hour })
    expect(failuresOf(ended)).toEqual([])
    const deployed = `${before.length + 1} deployed`
    expect(await revisions(world(), name, name)).toEqual([...before.map(superseded), deployed])
    expect(shown(await world().plan(text))).toEqual([])
  }

  const rivals = (seconds: number): string =>
    file('rivals', { apiService: { terminationGracePeriodSeconds: seconds } })

  /** Applies all of them, planned from one state: they wait for somebody who holds the Lease, and then for each other. */
  const bothAtOnce = async (texts: readonly string[]): Promise<readonly Applied[]> => {
    const plans = await Promise.all(texts.map(async text => ({ text, plan: await world().plan(text) })))
    const lease = '/apis/coordination.k8s.io/v1/namespaces/rivals/leases/slipway-rivals'
    const renewTime = new Date().toISOString().replace('Z', '000Z')
    const hold = (spec: JsonObject) => world().plane.admin.merge(lease, { spec })
    await hold({ holderIdentity: 'somebody', renewTime, leaseDurationSeconds: 3600 })
    const waiting = new Set<string>()
    const runs = plans.map(({ text, plan }) => {
      const run = world().run('applier', text)
      const said = (line: string): void => {
        if (line.includes('waiting for somebody')) waiting.add(text)
        run.said(line)
      }
      return applyOnce(text, plan, { ...run, said })
    })
    await until('all of them to wait', async () => waiting.size === texts.length)
    await hold({ holderIdentity: null })
    return Promise.all(runs)
  }

  sideBySide({
    ...inTurn({
      'everything is killed during a first installation': async () => {
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
      'everything is killed during an upgrade': async () => {
        const [before, after] = [file('first', nginx), withImage('x.io/skypilot:0.13.1')]
        const child = startChild(after, await world().plan(after), world().run('applier', after), before)
        await pending('first', 'pending-upgrade')
        await child.kill()
        expect(await revisions(world(), 'first', 'first')).toEqual(['1 deployed', '2 pending-upgrade'])
        await world().settle(after)
        expect(await revisions(world(), 'first', 'first')).toEqual(['1 superseded', '2 deployed'])
        expect(await serving(world(), 'first', 'first-api-server')).toBe(1)
      },
      'helm alone is killed during an upgrade: said, and healed at once by the next apply': async () => {
        const helm = await tellingHelm(world())
        const after = withImage('x.io/skypilot:0.13.2')
        const applying = world().apply(after, await world().plan(after), { env: helm.env })
        await pending('first', 'pending-upgrade')
        const pid = await helm.pid()
        if (pid === undefined || !(pid > 1)) throw new Error(`no helm told its process id: ${pid}`)
        process.kill(pid, 'SIGKILL')
        expect(failuresOf(await applying).join('\n')).toMatch(/helm upgrade of first/)
        const before = await asked('first')
        await new Promise(done => setTimeout(done, 6_000))
        expect(await asked('first')).toBe(before)
        await world().settle(after)
        expect((await revisions(world(), 'first', 'first')).at(-1)).toMatch(/deployed$/)
      },
    }),
    'an installation of somebody else is left alone, until it is long dead': async () => {
      await besideSomebody('theirs', [], 'pending-install')
    },
    'an upgrade of somebody else is left alone, until it is long dead': async () => {
      await world().settle(hooked('shared'))
      await besideSomebody('shared', ['1 deployed'], 'pending-upgrade')
    },
    'two applies of one change at once: one waits, looks again, and finds it done': async () => {
      await world().settle(file('twice'))
      const next = file('twice', { apiService: { terminationGracePeriodSeconds: 90 } })
      const plan = await world().plan(next)
      const ended = await Promise.all([world().apply(next, plan), world().apply(next, plan)])
      expect(ended.flatMap(failuresOf)).toEqual([])
      expect(await rolls(world(), 'twice', 'twice-api-server')).toBe(2)
      expect(await revisions(world(), 'twice', 'twice')).toEqual(['1 superseded', '2 deployed'])
      expect(shown(await world().plan(next))).toEqual([])
    },
    'two applies of different changes at once: one is done, the other stops and says what differs':
      async () => {
        await world().settle(rivals(60))
        const texts = [rivals(75), rivals(90)]
        const ended = await bothAtOnce(texts)
        const failures = ended.map(failuresOf)
        expect(failures.map(({ length }) => length).toSorted()).toEqual([0, 1])
        expect(failures.flat().join('\n')).toMatch(
          /release\/rivals was changed by somebody since it was planned: .*GracePeriodSeconds is (75|90), was 60\.\n.*Plan again/,
        )
        expect(await revisions(world(), 'rivals', 'rivals')).toEqual(['1 superseded', '2 deployed'])
        const done = texts[failures.findIndex(({ length }) => length === 0)] ?? ''
        expect(shown(await world().plan(done))).toEqual([])
      },
    'two applies of different changes one after the other: the second one’s start is not what was reviewed':
      async () => {
        const changed = (seconds: number): string =>
          file('later', { apiService: { terminationGracePeriodSeconds: seconds } })
        await world().settle(changed(60))
        const [first, second] = [await world().plan(changed(75)), await world().plan(changed(90))]
        expect(failuresOf(await world().apply(changed(75), first))).toEqual([])
        const refused = await world().apply(changed(90), second)
        expect(refused.ended === 'refused' ? refused.uncovered : refused.ended).toEqual([
          {
            address: 'release/later',
            path: expect.stringMatching(/terminationGracePeriodSeconds$/),
            reason: 'it starts from another value than the one that was reviewed',
          },
        ])
        expect(await revisions(world(), 'later', 'later')).toEqual(['1 superseded', '2 deployed'])
      },
    'a release that was made by hand with other values is adopted with its difference shown': async () => {
      const values = over(small, { apiService: { terminationGracePeriodSeconds: 30 } })
      await installByHand(world(), { release: 'hand', chart: 'skypilot-0.13.0', values })
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
    'one that differs in nothing is adopted without a revision': async () => {
      await installByHand(world(), { release: 'same', chart: 'skypilot-0.13.0', values: small })
      await world().settle(file('same'))
      expect(await revisions(world(), 'same', 'same')).toEqual(['1 deployed'])
    },
    'a release of Helm 3 is adopted, and what the file does not have goes': async () => {
      const old = { extraEnvs: [{ name: 'OLD', value: 'x' }], annotations: { 'example.com/old': 'x' } }
      const values = over(small, { apiService: old })
      await installByHelm3(world(), { release: 'three', chart: 'skypilot-0.13.0', values })
      const text = file('three')
      const lines = shown(await world().plan(text)).join('\n')
      expect(lines).toContain('adopt release/three')
      expect(lines).toMatch(/env\.OLD/)
      expect(lines).toMatch(/example\.com\/old/)
      await world().settle(text)
      const template = await fieldAt(
        world(),
        paths.deployment('three', 'three-api-server'),
        'spec',
        'template',
      )
      expect(JSON.stringify(template)).not.toMatch(/OLD|example\.com\/old/)
      expect(await revisions(world(), 'three', 'three')).toEqual(['1 superseded', '2 deployed'])
    },
  })
})

const superseded = (line: string): string => line.replace(/ \w+$/, ' superseded')
