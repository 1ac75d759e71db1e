import { expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/core/json.ts'
import { fileOf } from './control-plane/files.ts'
import { deadWebhook, webhooks } from './control-plane/hands.ts'
import { fieldAt, paths, revisions, rolls, serving } from './control-plane/looks.ts'
import { until } from './control-plane/processes.ts'
import { servers } from './control-plane/servers.ts'
import { longest, onControlPlane } from './control-plane/suite.ts'
import { failuresOf, shown } from './control-plane/world.ts'

const noAnswer = /no answer|connection (refused|reset)|unreachable|EOF/

onControlPlane(
  'parts of the cluster that are away',
  world => {
    const file = (name: string, value = 'one', more: JsonObject = {}, timeoutMinutes = 60): string =>
      fileOf({
        name,
        charts: world().charts,
        chart: 'hooked',
        version: '1.0.0',
        values: { value, ...more },
        more: { timeoutMinutes },
      })

    const leaseOf = (name: string): string =>
      `/apis/coordination.k8s.io/v1/namespaces/${name}/leases/slipway-${name}`

    /** True once only pods of the newest template serve, as the Deployment says. */
    const rolled = async (name: string): Promise<boolean> => {
      const count = (field: string) =>
        fieldAt(world(), paths.deployment(name, `${name}-server`), 'status', field)
      return (
        (await count('updatedReplicas')) === 1 &&
        (await count('availableReplicas')) === 1 &&
        (await count('replicas')) === 1
      )
    }

    /** What a release is: its revisions, its Deployment's generation, its pods. */
    const state = async (name: string) => [
      await revisions(world(), name, name),
      await fieldAt(world(), paths.deployment(name, `${name}-server`), 'metadata', 'generation'),
      await serving(world(), name, `${name}-server`),
    ]

    test(
      'an admission webhook that is down: named before the first write',
      async () => {
        await world().settle(file('guarded'))
        const before = await state('guarded')
        await world().plane.admin.create(webhooks, await deadWebhook('guarded'))
        const next = file('guarded', 'two', {}, 1)
        const said = failuresOf(await world().apply(next, await world().plan(next))).join('\n')
        expect(said).toMatch(/would refuse Deployment guarded-server: .*policy\.example\.com/)
        expect(said).toMatch(/Nothing was written\. The server behind that admission webhook does not answer/)
        expect(await state('guarded')).toEqual(before)
        await world().plane.admin.remove(`${webhooks}/guarded`)
        await world().settle(next)
      },
      longest,
    )

    test(
      'an admission webhook that goes down in the middle: named, and what serves goes on serving',
      async () => {
        await world().settle(file('surprised'))
        const next = file('surprised', 'two', {}, 1)
        const applying = world().apply(next, await world().plan(next))
        await until('the hook', async () =>
          (await revisions(world(), 'surprised', 'surprised')).includes('2 pending-upgrade'),
        )
        await world().plane.admin.create(webhooks, await deadWebhook('surprised'))
        const said = failuresOf(await applying).join('\n')
        expect(said).toMatch(/failed calling webhook "policy\.example\.com"/)
        expect(said).not.toMatch(/timed out|deadline exceeded|not ready after/i)
        expect(await serving(world(), 'surprised', 'surprised-server')).toBe(1)
        expect(await rolls(world(), 'surprised', 'surprised-server')).toBe(1)
        await world().plane.admin.remove(`${webhooks}/surprised`)
        await world().settle(next)
      },
      longest,
    )

    /** Waits for helm's record of a revision: `2 deployed`. */
    const reached = (name: string, revision: string) =>
      until(revision, async () => (await revisions(world(), name, name)).includes(revision))

    /** The API server is away for so long, milliseconds, beginning now. */
    const away = (time: number) => world().plane.restart(() => new Promise(done => setTimeout(done, time)))

    /** What the Deployment says that its pods are of, and the pods that serve. */
    const found = async (name: string) => [
      await fieldAt(
        world(),
        paths.deployment(name, `${name}-server`),
        ...['spec', 'template', 'metadata', 'annotations', 'value'],
      ),
      await servers(world(), name),
    ]

    test(
      'the API server goes away before the first write: that is said, and nothing has changed',
      async () => {
        await world().settle(file('early'))
        const [before, pods] = [await state('early'), await servers(world(), 'early')]
        const next = file('early', 'two')
        const applying = world().apply(next, await world().plan(next))
        await until('the Lease', async () =>
          fieldAt(world(), leaseOf('early'), 'spec', 'holderIdentity').then(holder => holder !== undefined),
        )
        await world().plane.restart(() => applying)
        expect(failuresOf(await applying).join('\n')).toMatch(noAnswer)
        expect([await state('early'), await servers(world(), 'early')]).toEqual([before, pods])
        await world().settle(next)
        expect(await rolls(world(), 'early', 'early-server')).toBe(2)
      },
      longest,
    )

    test(
      'the API server goes away while hooks run: it is waited for, and the upgrade goes on',
      async () => {
        await world().settle(file('patient'))
        const next = file('patient', 'two')
        const applying = world().apply(next, await world().plan(next))
        await reached('patient', '2 pending-upgrade')
        await away(10_000)
        expect(failuresOf(await applying)).toEqual([])
        expect(shown(await world().plan(next))).toEqual([])
        expect((await revisions(world(), 'patient', 'patient')).at(-1)).toMatch(/deployed$/)
        expect(await rolled('patient')).toBe(true)
      },
      longest,
    )

    test(
      'the API server goes away when helm has ended and the release does not serve yet: it is waited for',
      async () => {
        await world().settle(file('waiting', 'one', { settles: 20 }))
        const next = file('waiting', 'two', { settles: 20 })
        const applying = world().apply(next, await world().plan(next))
        await reached('waiting', '2 deployed')
        expect(await rolled('waiting')).toBe(false)
        await away(10_000)
        expect(failuresOf(await applying)).toEqual([])
        expect(await rolled('waiting')).toBe(true)
        expect(shown(await world().plan(next))).toEqual([])
        expect(await revisions(world(), 'waiting', 'waiting')).toEqual(['1 superseded', '2 deployed'])
      },
      longest,
    )

    test(
      'the API server goes away while the former revision is put back: it is put back all the same',
      async () => {
        await world().settle(file('undone'))
        const before = await found('undone')
        const next = file('undone', 'two', { server: 'example.com/unpullable:1' })
        const applying = world().apply(next, await world().plan(next))
        const isPut = (line: string) =>
          line.includes('release/undone') && line.includes('putting revision 1 back')
        await until('the rollback', async () => world().said.some(isPut))
        await away(10_000)
        const said = failuresOf(await applying).join('\n')
        expect(said).toMatch(/its image cannot be pulled/)
        expect(said).toContain('Revision 1 serves again')
        expect(await found('undone')).toEqual(before)
        await world().settle(file('undone', 'three'))
        expect(await serving(world(), 'undone', 'undone-server')).toBe(1)
      },
      longest,
    )
  },
  { webhooks: true },
)
