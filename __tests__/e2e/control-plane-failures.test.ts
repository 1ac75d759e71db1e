import { expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/core/json.ts'
import { fileOf, over, small } from './control-plane/files.ts'
import { fieldAt, paths, revisions, serving } from './control-plane/looks.ts'
import { until } from './control-plane/processes.ts'
import { onControlPlane } from './control-plane/suite.ts'
import { asLimited, failuresOf, shown, type World } from './control-plane/world.ts'

const time = 180_000
/** Longest that an apply may take until it names the cause. */
const soon = 60_000

onControlPlane('what goes wrong in a cluster is named, and the former release serves again', world => {
  const file = (values: JsonObject = {}, name = 'web'): string =>
    fileOf({
      name,
      charts: world().charts,
      values: over(small, values),
      more: { timeoutMinutes: 2 },
    })
  const server = ['web', 'web-api-server'] as const

  /** Applies a change that fails; gives what was said, and sees to it that it did not take long. */
  const failing = async (text: string, env: Readonly<Record<string, string>> = {}): Promise<string> => {
    const plan = await world().plan(text)
    expect(plan.problems).toEqual([])
    const started = Date.now()
    const applied = await world().apply(text, plan, { env })
    expect(Date.now() - started).toBeLessThan(soon)
    const said = failuresOf(applied).join('\n')
    expect(said).not.toBe('')
    return said
  }

  /** The release is what it was: it serves, and the file it had has nothing left to do. */
  const servesAsBefore = async (): Promise<void> => {
    await until('the former pod', async () => (await serving(world(), ...server)) === 1)
    await world().settle(file())
    const again = await world().plan(file())
    expect(shown(again)).toEqual([])
  }

  test(
    'a release',
    async () => {
      await world().settle(file())
    },
    time,
  )

  test(
    'an image that cannot be pulled',
    async () => {
      const said = await failing(file({ apiService: { image: 'example.com/unpullable:1' } }))
      expect(said).toMatch(/container skypilot-api of Pod\/web-api-server-\S+: its image cannot be pulled/)
      expect(said).toMatch(/example\.com\/unpullable:1/)
      expect(said).toMatch(/Revision \d+ serves again/)
      await servesAsBefore()
    },
    time,
  )

  test(
    'a server that ends again and again',
    async () => {
      const said = await failing(file({ apiService: { image: 'example.com/crashing:1' } }))
      expect(said).toMatch(/container skypilot-api of Pod\/\S+ ended 3 times, last with exit code 1/)
      expect(said).toMatch(/Revision \d+ serves again/)
      await servesAsBefore()
    },
    time,
  )

  test(
    'a pod that fits on no node',
    async () => {
      const watching = autoscaler(world(), 'web')
      const large = { requests: { cpu: '500', memory: '8Gi' }, limits: { cpu: '500', memory: '8Gi' } }
      const said = await failing(file({ apiService: { resources: large } }))
      watching.stop()
      expect(said).toMatch(/fits on no node: .*Insufficient cpu.*the autoscaler adds none/)
      expect(said).toMatch(/Revision \d+ serves again/)
      await servesAsBefore()
    },
    time,
  )

  test(
    'a quota that is used up',
    async () => {
      const quotas = '/api/v1/namespaces/web/resourcequotas'
      const spec = { hard: { 'requests.cpu': '6' } }
      await world().plane.admin.create(quotas, { metadata: { name: 'team' }, spec })
      const more = { requests: { cpu: '8', memory: '8Gi' }, limits: { cpu: '8', memory: '8Gi' } }
      const said = await failing(
        file({ apiService: { resources: more, logs: { retention: { enabled: false } } } }),
      )
      expect(said).toMatch(/a quota of the namespace is used up: .*exceeded quota: team/)
      await world().plane.admin.remove(`${quotas}/team`)
      await servesAsBefore()
    },
    time,
  )

  test(
    'a hook that cannot run',
    async () => {
      const name = 'hooked'
      const nginx = { 'ingress-nginx': { enabled: true } }
      await world().settle(file(nginx, name))
      const said = await failing(
        file(over(nginx, { global: { imageRegistry: 'example.com/unpullable' } }), name),
      )
      expect(said).toMatch(
        /container create of Pod\/hooked-ingress-nginx-admission-create-\S+: its image cannot be pulled/,
      )
      expect(said).toMatch(/Revision 1 serves again/)
      await world().settle(file(nginx, name))
      expect(await serving(world(), name, 'hooked-api-server')).toBe(1)
    },
    time,
  )

  test(
    'rights that the applier lacks: found out before the first write',
    async () => {
      const generation = () => fieldAt(world(), paths.deployment(...server), 'metadata', 'generation')
      const before = [await generation(), await revisions(world(), 'web', 'web')]
      const said = await failing(file({ apiService: { terminationGracePeriodSeconds: 90 } }), asLimited)
      expect(said).toMatch(/release\/web: .*forbidden/i)
      expect(said).toContain('slipway-limited@')
      expect([await generation(), await revisions(world(), 'web', 'web')]).toEqual(before)
      await servesAsBefore()
    },
    time,
  )

  test(
    'no default storage class',
    async () => {
      const annotations = { 'storageclass.kubernetes.io/is-default-class': 'false' }
      const path = '/apis/storage.k8s.io/v1/storageclasses/standard-rwo'
      await world().plane.admin.merge(path, { metadata: { annotations } })
      const said = await failing(file({}, 'classless'))
      expect(said).toMatch(/PersistentVolumeClaim\/classless-state gets no disk: .*no storage class is set/)
      const back = { 'storageclass.kubernetes.io/is-default-class': 'true' }
      await world().plane.admin.merge(path, { metadata: { annotations: back } })
    },
    time,
  )

  test(
    'a planner that may no longer look says so, and nothing is taken for absent',
    async () => {
      const bindings = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings'
      const binding = await world().plane.admin.get(`${bindings}/e2e-planner-slipway-planner`)
      await world().plane.admin.remove(`${bindings}/e2e-planner-slipway-planner`)
      const plan = await until('the loss of rights', async () => {
        const made = await world().plan(file())
        return made.problems.length > 0 && made
      })
      const { resourceVersion: _, uid: __, ...metadata } = (binding?.metadata ?? {}) as JsonObject
      await world().plane.admin.create(bindings, { ...binding, metadata })
      expect(plan.steps).toEqual([])
      expect(plan.problems.map(({ message }) => message).join('\n')).toMatch(/hidden from the planner/)
      await until('the rights', async () => (await world().plan(file())).problems.length === 0)
    },
    time,
  )
})

/** Says of pods that wait for a node what the autoscaler of GKE says when it cannot help. */
const autoscaler = ({ plane: { admin } }: World, namespace: string) => {
  const known = new Set<string>()
  const look = async (): Promise<void> => {
    for (const pod of await admin.items(paths.pods(namespace))) {
      const { name = '', uid = '' } = pod.metadata as JsonObject
      if (!JSON.stringify(pod.status).includes('Unschedulable') || known.has(String(uid))) continue
      known.add(String(uid))
      await admin.create(`/api/v1/namespaces/${namespace}/events`, {
        metadata: { name: `${name}.autoscaler` },
        involvedObject: { kind: 'Pod', namespace, name, uid },
        reason: 'NotTriggerScaleUp',
        message: "pod didn't trigger scale-up: 1 Insufficient cpu",
        type: 'Normal',
        source: { component: 'cluster-autoscaler' },
      })
    }
  }
  const timer = setInterval(() => void look().catch(() => undefined), 500)
  return { stop: () => clearInterval(timer) }
}
