import { expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/core/json.ts'
import { fileOf, over, small } from './control-plane/files.ts'
import { fieldAt, paths, revisions, serving } from './control-plane/looks.ts'
import { until } from './control-plane/processes.ts'
import { startSayings } from './control-plane/sayings.ts'
import { longest, onControlPlane, sideBySide } from './control-plane/suite.ts'
import { asLimited, failuresOf, shown } from './control-plane/world.ts'

/** What goes wrong, what is said of it, and what has to be done around it. */
interface Failing {
  readonly values: JsonObject
  readonly says: readonly RegExp[]
  /** Values of the release before and after. */
  readonly base?: JsonObject
  readonly chart?: { readonly chart: string; readonly version: string }
  /** The Deployment that serves. */
  readonly server?: string
  readonly before?: (namespace: string) => Promise<unknown>
  readonly after?: (namespace: string) => Promise<unknown>
}

onControlPlane('what goes wrong in a cluster is named, and the former release serves again', world => {
  // Long enough that nothing here is ever named by helm's own time-out.
  const more = { timeoutMinutes: 60 }
  const file = (name: string, values: JsonObject = {}): string =>
    fileOf({ name, charts: world().charts, values: over(small, values), more })

  /** Applies a change that fails; gives what was said. */
  const failing = async (text: string, env: Readonly<Record<string, string>> = {}): Promise<string> => {
    const plan = await world().plan(text)
    expect(plan.problems).toEqual([])
    const said = failuresOf(await world().apply(text, plan, { env })).join('\n')
    expect(said).not.toBe('')
    return said
  }

  /** A release that serves, a change that goes wrong, and the release as it was. */
  const goesWrong = async (name: string, what: Failing): Promise<void> => {
    const { base = {}, chart, server = 'api-server' } = what
    const given = (values: JsonObject): string =>
      chart === undefined
        ? file(name, over(base, values))
        : fileOf({ name, charts: world().charts, ...chart, values: over(base, values), more })
    await world().settle(given({}))
    await what.before?.(name)
    const sayings = startSayings(world().plane.admin, name)
    const said = await failing(given(what.values))
    sayings.stop()
    for (const pattern of [...what.says, /Revision 1 serves again/]) expect(said).toMatch(pattern)
    expect(said).not.toMatch(/timed out|deadline exceeded|not ready after/i)
    await what.after?.(name)
    await until('the former pod', async () => (await serving(world(), name, `${name}-${server}`)) === 1)
    await world().settle(given({}))
    expect(shown(await world().plan(given({})))).toEqual([])
  }

  const image = (name: string) => ({ apiService: { image: `example.com/${name}:1` } })
  const cpus = (cpu: string) => ({ requests: { cpu, memory: '8Gi' }, limits: { cpu, memory: '8Gi' } })
  const quotas = (namespace: string): string => `/api/v1/namespaces/${namespace}/resourcequotas`
  const hooked = { chart: { chart: 'hooked', version: '1.0.0' }, server: 'server' }

  sideBySide({
    'an image that cannot be pulled': () =>
      goesWrong('pulled', {
        values: image('unpullable'),
        says: [
          /container skypilot-api of Pod\/pulled-api-server-\S+: its image cannot be pulled/,
          /example\.com\/unpullable:1/,
        ],
      }),
    'a server that ends again and again': () =>
      goesWrong('crashed', {
        values: image('crashing'),
        says: [/container skypilot-api of Pod\/\S+ ended 3 times, last with exit code 1/],
      }),
    'a pod that fits on no node': () =>
      goesWrong('wide', {
        values: { apiService: { resources: cpus('500') } },
        says: [/fits on no node: .*Insufficient cpu.*the autoscaler adds none/],
      }),
    'a volume whose Secret is not there': () =>
      goesWrong('mounted', {
        values: {
          apiService: {
            ...image('unmountable').apiService,
            extraVolumes: [{ name: 'keys', secret: { secretName: 'absent' } }],
          },
        },
        says: [/Pod\/mounted-api-server-\S+: a volume cannot be mounted: .*secret "absent" not found/],
      }),
    'a quota that is used up': () =>
      goesWrong('thrifty', {
        base: { apiService: { logs: { retention: { enabled: false } } } },
        values: { apiService: { resources: cpus('8') } },
        says: [/a quota of the namespace is used up: .*exceeded quota: team/],
        before: namespace =>
          world().plane.admin.create(quotas(namespace), {
            metadata: { name: 'team' },
            spec: { hard: { 'requests.cpu': '6' } },
          }),
        after: namespace => world().plane.admin.remove(`${quotas(namespace)}/team`),
      }),
    'a hook that cannot run': () =>
      goesWrong('hookless', {
        base: { 'ingress-nginx': { enabled: true } },
        values: { global: { imageRegistry: 'example.com/unpullable' } },
        says: [
          /container create of Pod\/hookless-ingress-nginx-admission-create-\S+: its image cannot be pulled/,
        ],
      }),
    'a hook that fails': () =>
      goesWrong('unhooked', {
        ...hooked,
        values: { image: 'example.com/failing:1', value: 'two' },
        says: [/container migrate of Pod\/unhooked-migrate-\S+ ended with exit code 3/],
      }),
    'rights that the applier lacks: found out before the first write': async () => {
      await world().settle(file('limited'))
      const now = async () => [
        await fieldAt(world(), paths.deployment('limited', 'limited-api-server'), 'metadata', 'generation'),
        await revisions(world(), 'limited', 'limited'),
      ]
      const before = await now()
      const said = await failing(
        file('limited', { apiService: { terminationGracePeriodSeconds: 90 } }),
        asLimited,
      )
      expect(said).toMatch(/release\/limited: .*forbidden/i)
      expect(said).toContain('slipway-limited@')
      expect(await now()).toEqual(before)
      await world().settle(file('limited'))
    },
  })

  test(
    'no default storage class',
    async () => {
      const path = '/apis/storage.k8s.io/v1/storageclasses/standard-rwo'
      const setDefault = (value: string) =>
        world().plane.admin.merge(path, {
          metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': value } },
        })
      await setDefault('false')
      const said = await failing(file('classless'))
      expect(said).toMatch(/PersistentVolumeClaim\/classless-state gets no disk: .*no storage class is set/)
      await setDefault('true')
    },
    longest,
  )

  test(
    'a planner that may no longer look says so, and nothing is taken for absent',
    async () => {
      const bindings = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings'
      const binding = await world().plane.admin.get(`${bindings}/e2e-planner-slipway-planner`)
      await world().plane.admin.remove(`${bindings}/e2e-planner-slipway-planner`)
      const plan = await until('the loss of rights', async () => {
        const made = await world().plan(file('limited'))
        return made.problems.length > 0 && made
      })
      const { resourceVersion: _, uid: __, ...metadata } = (binding?.metadata ?? {}) as JsonObject
      await world().plane.admin.create(bindings, { ...binding, metadata })
      expect(plan.steps).toEqual([])
      expect(plan.problems.map(({ message }) => message).join('\n')).toMatch(/hidden from the planner/)
      await until('the rights', async () => (await world().plan(file('limited'))).problems.length === 0)
    },
    longest,
  )
})
