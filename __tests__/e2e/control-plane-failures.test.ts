import { expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/core/json.ts'
import { project } from '../support/one-file.ts'
import { fileOf, over, small } from './control-plane/files.ts'
import { fieldAt, paths, revisions } from './control-plane/looks.ts'
import { until } from './control-plane/processes.ts'
import { type Autoscaler, startSayings } from './control-plane/sayings.ts'
import { servers, startSampling } from './control-plane/servers.ts'
import { inTurn, longest, onControlPlane, sideBySide } from './control-plane/suite.ts'
import { asLimited, failuresOf, shown } from './control-plane/world.ts'

type Tests = Readonly<Record<string, () => Promise<unknown>>>

/** What goes wrong, what is said of it, and what has to be done around it. */
interface Failing {
  readonly values: JsonObject
  readonly says: readonly RegExp[]
  /** Values of the release before and after. */
  readonly base?: JsonObject
  readonly chart?: string
  readonly cluster?: string
  /** True if the former pods serve all the time; else others like them serve again when the apply has ended. */
  readonly keeps?: boolean
  /** What an autoscaler says of pods that fit on no node. */
  readonly autoscaler?: readonly Autoscaler[]
  readonly before?: (namespace: string) => Promise<unknown>
  readonly after?: (namespace: string) => Promise<unknown>
}

/** A cause that is not named within a minute is named by the time-out, which no test takes for its name. */
const hasty = { timeoutMinutes: 1 }
const patient = { timeoutMinutes: 60 }
const lateWords = /timed out|deadline exceeded|not ready after/i

/** So many at a time: what waits for a minute must not wait for the machine. */
const lanes = (count: number, tests: Tests): Tests =>
  Object.assign(
    {},
    ...Array.from({ length: count }, (_, lane) =>
      inTurn(Object.fromEntries(Object.entries(tests).filter((__, index) => index % count === lane))),
    ),
  )

onControlPlane(
  'what goes wrong in a cluster is named within a minute, and the former release serves',
  world => {
    /** The text of a file; `small` or one of the sample charts. */
    const file = (
      name: string,
      values: JsonObject = {},
      { chart, cluster = 'shared' }: Pick<Failing, 'chart' | 'cluster'> = {},
      more: JsonObject = patient,
    ): string => {
      const where = { name, cluster, charts: world().charts, more }
      return chart === undefined
        ? fileOf({ ...where, values: over(small, values) })
        : fileOf({ ...where, chart, version: '1.0.0', values })
    }

    /** Applies a change that fails; gives what was said. */
    const failing = async (text: string, env: Readonly<Record<string, string>> = {}): Promise<string> => {
      const plan = await world().plan(text)
      expect(plan.problems).toEqual([])
      const said = failuresOf(await world().apply(text, plan, { env })).join('\n')
      expect(said).not.toBe('')
      expect(said).not.toMatch(lateWords)
      return said
    }

    /** A release that serves, a change that goes wrong, and the release as it was. */
    const goesWrong = async (name: string, what: Failing): Promise<void> => {
      const { base = {}, keeps = false, autoscaler = [] } = what
      await world().settle(file(name, base, what))
      await what.before?.(name)
      const former = await servers(world(), name)
      expect(former).not.toEqual([])
      const sampling = startSampling(world(), name, former)
      const sayings = startSayings(world().plane.admin, name, autoscaler)
      const said = await failing(file(name, over(base, what.values), what, hasty))
      sayings.stop()
      const now = await servers(world(), name)
      for (const pattern of [...what.says, /Revision 1 serves again/]) expect(said).toMatch(pattern)
      expect(imagesOf(now)).toEqual(imagesOf(former))
      const fewest = await sampling.stop()
      if (keeps) expect([fewest, now]).toEqual([former.length, former])
      await what.after?.(name)
      await world().settle(file(name, base, what))
      expect(shown(await world().plan(file(name, base, what)))).toEqual([])
    }

    const imagesOf = (pods: Awaited<ReturnType<typeof servers>>) =>
      pods.map(({ images }) => images).toSorted()

    const image = (name: string) => ({ apiService: { image: `example.com/${name}:1` } })
    const cpus = (cpu: string) => ({ requests: { cpu, memory: '8Gi' }, limits: { cpu, memory: '8Gi' } })
    const quotas = (namespace: string): string => `/api/v1/namespaces/${namespace}/resourcequotas`
    const hooked = { chart: 'hooked', keeps: true }

    /** A cluster of one pool, which is this control plane like any other. */
    const cluster = async (name: string, pool: JsonObject): Promise<string> => {
      const nodePools = [{ name: 'pool', initialNodeCount: 1, ...pool }]
      await world()
        .google.seed(project)
        .cluster('us-central1', name, { nodePools, locations: ['us-central1-a'] })
      return name
    }
    const growing = (name: string) => cluster(name, { autoscaling: { enabled: true, maxNodeCount: 3 } })

    const pods: Tests = {
      'an image that cannot be pulled': () =>
        goesWrong('pulled', {
          values: image('unpullable'),
          says: [
            /container skypilot-api of Pod\/pulled-api-server-\S+: its image cannot be pulled/,
            /example\.com\/unpullable:1/,
          ],
        }),
      'an image that cannot be pulled, beside the pod that serves': () =>
        goesWrong('beside', {
          ...hooked,
          values: { server: 'example.com/unpullable:1' },
          says: [/container server of Pod\/beside-server-\S+: its image cannot be pulled/],
        }),
      'an image of a stateful set that cannot be pulled': () =>
        goesWrong('stated', {
          chart: 'sets',
          values: { store: { image: 'example.com/unpullable:1' } },
          says: [/container store of Pod\/stated-store-0: its image cannot be pulled/],
        }),
      'a server that ends again and again': () =>
        goesWrong('crashed', {
          values: image('crashing'),
          says: [/container skypilot-api of Pod\/\S+ ended 3 times, last with exit code 1/],
        }),
      'a server that ends again and again, beside the pod that serves': () =>
        goesWrong('looping', {
          ...hooked,
          values: { server: 'example.com/crashing:1' },
          says: [/container server of Pod\/looping-server-\S+ ended 3 times, last with exit code 1/],
        }),
      'an agent of a daemon set that ends again and again': () =>
        goesWrong('spread', {
          chart: 'sets',
          values: { agent: { image: 'example.com/crashing:1' } },
          says: [/container agent of Pod\/spread-agent-\S+ ended 3 times, last with exit code 1/],
        }),
      'a pod that fits on no node of pools that do not grow': async () =>
        goesWrong('wide', {
          cluster: await cluster('fixed', {}),
          values: { apiService: { resources: cpus('500') } },
          says: [/Pod\/wide-api-server-\S+ fits on no node: .*Insufficient cpu.*; and nothing adds one\./],
        }),
      'a pod of a stateful set that fits on no node of pools that do not grow': async () =>
        goesWrong('heavy', {
          cluster: await cluster('fixed-too', {}),
          chart: 'sets',
          values: { store: { cpu: '500' } },
          says: [/Pod\/heavy-store-0 fits on no node: .*Insufficient cpu.*; and nothing adds one\./],
        }),
      'a pod that fits on no node, and the autoscaler adds none': async () =>
        goesWrong('broad', {
          cluster: await growing('full'),
          autoscaler: ['NotTriggerScaleUp'],
          values: { apiService: { resources: cpus('500') } },
          says: [/fits on no node: .*Insufficient cpu.*the autoscaler adds none/],
        }),
      'a pod for which an autoscaler adds a node is waited for': async () => {
        const place = { chart: 'sets', cluster: await growing('elastic') }
        await world().settle(file('helped', {}, place))
        const next = file('helped', { store: { pool: 'late' } }, place)
        const sayings = startSayings(world().plane.admin, 'helped', ['NotTriggerScaleUp', 'TriggeredScaleUp'])
        const applying = world().apply(next, await world().plan(next))
        await until('the words of the autoscaler', async () =>
          JSON.stringify(await world().plane.admin.items('/api/v1/namespaces/helped/events')).includes(
            '"TriggeredScaleUp"',
          ),
        )
        // Longer than anything else here may last.
        await new Promise(done => setTimeout(done, 45_000))
        const node = (await world().plane.admin.get('/api/v1/nodes/gke-node-1')) as JsonObject
        const labels = { ...((node.metadata as JsonObject).labels as JsonObject), pool: 'late' }
        const { allocatable = {}, capacity = {} } = node.status as JsonObject
        await world().plane.admin.create('/api/v1/nodes', {
          metadata: { name: 'gke-node-late', labels },
          status: { allocatable, capacity },
        })
        expect(failuresOf(await applying)).toEqual([])
        sayings.stop()
        expect(shown(await world().plan(next))).toEqual([])
      },
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
    }

    /** Lets an applier whose rights were cut do some things in one namespace. */
    const grant = async (namespace: string, rules: readonly JsonObject[]): Promise<void> => {
      const roles = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`
      const user = `slipway-limited@${project}.iam.gserviceaccount.com`
      const apiGroup = 'rbac.authorization.k8s.io'
      await world().plane.admin.create(`${roles}/roles`, { metadata: { name: 'some' }, rules })
      await world().plane.admin.create(`${roles}/rolebindings`, {
        metadata: { name: 'some' },
        subjects: [{ kind: 'User', name: user, apiGroup }],
        roleRef: { kind: 'Role', name: 'some', apiGroup },
      })
    }

    /** An apply by somebody who may not do all of it: named before anything is written. */
    const isForbidden = async (
      name: string,
      says: RegExp,
      rules: readonly JsonObject[] = [],
    ): Promise<void> => {
      const values = { value: 'two' }
      await world().settle(file(name, {}, hooked))
      await grant(name, rules)
      const now = async () => [
        await fieldAt(world(), paths.deployment(name, `${name}-server`), 'metadata', 'generation'),
        await fieldAt(world(), `/apis/batch/v1/namespaces/${name}/jobs/${name}-migrate`, 'metadata', 'uid'),
        await revisions(world(), name, name),
        await servers(world(), name),
      ]
      const before = await now()
      const said = await failing(file(name, values, hooked, hasty), asLimited)
      expect(said).toMatch(says)
      expect(said).toMatch(/User "slipway-limited@\S+" cannot/)
      expect(said).toContain('Nothing was written.')
      expect(await now()).toEqual(before)
      await world().settle(file(name, values, hooked))
    }
    const all = { verbs: ['*'] }
    const objects = { apiGroups: [''], resources: ['configmaps', 'services', 'pods'], ...all }
    const apps = { apiGroups: ['apps'], resources: ['*'], ...all }
    const jobs = { apiGroups: ['batch'], resources: ['*'], ...all }
    const secrets = { apiGroups: [''], resources: ['secrets'], ...all }

    const rights: Tests = {
      'rights that the applier lacks for everything': () =>
        isForbidden('limited', /release\/limited: the cluster would refuse .*forbidden/),
      'rights that the applier lacks for hooks': () =>
        isForbidden('jobless', /would refuse Job jobless-migrate: .*cannot create resource "jobs"/, [
          ...[objects, apps, secrets],
        ]),
      'rights that the applier lacks for helm’s own record': () =>
        isForbidden('unrecorded', /would refuse Secret sh\.helm\.release\.v1\.unrecorded\.v2: .*forbidden/, [
          ...[objects, apps, jobs, { ...secrets, resourceNames: ['unrecorded-key'] }],
        ]),
    }

    sideBySide(lanes(4, { ...pods, ...rights }))

    test(
      'no default storage class, at a first installation and at an upgrade, until there is one',
      async () => {
        const sets = { chart: 'sets' }
        const more = { store: { replicas: 2 } }
        await world().settle(file('classed', {}, sets))
        const former = await servers(world(), 'classed')
        const path = '/apis/storage.k8s.io/v1/storageclasses/standard-rwo'
        const setDefault = (value: string) =>
          world().plane.admin.merge(path, {
            metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': value } },
          })
        await setDefault('false')
        try {
          const [plain, first, second] = await Promise.all([
            failing(file('classless', {}, {}, hasty)),
            failing(file('claiming', {}, sets, hasty)),
            failing(file('classed', more, sets, hasty)),
          ])
          const gets = (claim: string) =>
            new RegExp(`PersistentVolumeClaim/${claim} gets no disk: .*no storage class is set`)
          expect(plain).toMatch(gets('classless-state'))
          expect(first).toMatch(gets('data-claiming-store-0'))
          for (const said of [plain, first]) expect(said).toContain('It is the first installation')
          expect(second).toMatch(gets('data-classed-store-1'))
          expect(second).toContain('Revision 1 serves again')
          expect(await servers(world(), 'classed')).toEqual(former)
        } finally {
          await setDefault('true')
        }
        for (const text of [file('classless'), file('claiming', {}, sets), file('classed', more, sets)])
          await world().settle(text)
        expect(await servers(world(), 'classed')).toHaveLength(former.length + 1)
      },
      longest,
    )

    test(
      'a planner that may no longer look says so, and nothing is taken for absent',
      async () => {
        const bindings = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings'
        const binding = await world().plane.admin.get(`${bindings}/e2e-planner-slipway-planner`)
        const { resourceVersion: _, uid: __, ...metadata } = (binding?.metadata ?? {}) as JsonObject
        await world().plane.admin.remove(`${bindings}/e2e-planner-slipway-planner`)
        try {
          const plan = await until('the loss of rights', async () => {
            const made = await world().plan(file('limited', {}, hooked))
            return made.problems.length > 0 && made
          })
          expect(plan.steps).toEqual([])
          expect(plan.problems.map(({ message }) => message).join('\n')).toMatch(/hidden from the planner/)
        } finally {
          await world().plane.admin.create(bindings, { ...binding, metadata })
        }
        const sees = async () => (await world().plan(file('limited', {}, hooked))).problems.length === 0
        await until('the rights', sees)
      },
      longest,
    )
  },
)
