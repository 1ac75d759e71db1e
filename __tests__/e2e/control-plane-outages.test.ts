import { expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/core/json.ts'
import { fileOf } from './control-plane/files.ts'
import { fieldAt, paths, revisions, rolls, serving } from './control-plane/looks.ts'
import { freePorts, until } from './control-plane/processes.ts'
import { longest, onControlPlane } from './control-plane/suite.ts'
import { failuresOf, shown } from './control-plane/world.ts'

const webhooks = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'

onControlPlane(
  'parts of the cluster that are away',
  world => {
    const file = (name: string, value = 'one', image = 'example.com/migrate:1'): string =>
      fileOf({
        name,
        charts: world().charts,
        chart: 'hooked',
        version: '1.0.0',
        values: { value, image },
        more: { timeoutMinutes: 60 },
      })

    /** What a release is: its revisions, its Deployment's generation, its pods. */
    const state = async (name: string) => [
      await revisions(world(), name, name),
      await fieldAt(world(), paths.deployment(name, `${name}-server`), 'metadata', 'generation'),
      await serving(world(), name, `${name}-server`),
    ]

    /** An admission webhook that has to agree to every Deployment of a namespace, and does not answer. */
    const deadWebhook = async (name: string): Promise<JsonObject> => {
      const [port = 0] = await freePorts(1)
      return {
        metadata: { name },
        webhooks: [
          {
            name: 'policy.example.com',
            clientConfig: { url: `https://127.0.0.1:${port}/` },
            rules: [
              {
                apiGroups: ['apps'],
                apiVersions: ['v1'],
                operations: ['CREATE', 'UPDATE'],
                resources: ['deployments'],
              },
            ],
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
            failurePolicy: 'Fail',
            sideEffects: 'None',
            admissionReviewVersions: ['v1'],
            timeoutSeconds: 2,
          },
        ],
      }
    }

    test(
      'an admission webhook that is down: named before the first write',
      async () => {
        await world().settle(file('guarded'))
        const before = await state('guarded')
        await world().plane.admin.create(webhooks, await deadWebhook('guarded'))
        const next = file('guarded', 'two')
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
        const next = file('surprised', 'two')
        const applying = world().apply(next, await world().plan(next))
        await until('the hook', async () =>
          (await revisions(world(), 'surprised', 'surprised')).includes('2 pending-upgrade'),
        )
        await world().plane.admin.create(webhooks, await deadWebhook('surprised'))
        const said = failuresOf(await applying).join('\n')
        expect(said).toMatch(/failed calling webhook "policy\.example\.com"/)
        expect(await serving(world(), 'surprised', 'surprised-server')).toBe(1)
        expect(await rolls(world(), 'surprised', 'surprised-server')).toBe(1)
        await world().plane.admin.remove(`${webhooks}/surprised`)
        await world().settle(next)
      },
      longest,
    )

    test(
      'the API server goes away in the middle: nothing is lost, whether it ends well or says why',
      async () => {
        await world().settle(file('patient'))
        const next = file('patient', 'two')
        const applying = world().apply(next, await world().plan(next))
        await until('the hook', async () =>
          (await revisions(world(), 'patient', 'patient')).includes('2 pending-upgrade'),
        )
        await world().plane.restart(() => new Promise(done => setTimeout(done, 5_000)))
        const said = failuresOf(await applying)
        for (const line of said) expect(line).toMatch(/no answer|connection|unreachable|EOF/)
        await world().settle(next)
        expect(await serving(world(), 'patient', 'patient-server')).toBe(1)
        expect((await revisions(world(), 'patient', 'patient')).at(-1)).toMatch(/deployed$/)
        expect(shown(await world().plan(next))).toEqual([])
      },
      longest,
    )
  },
  { webhooks: true },
)
