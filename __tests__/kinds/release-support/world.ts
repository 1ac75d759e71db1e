import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Facts } from '../../../src/cache/facts.ts'
import type { Shelf } from '../../../src/cache/shelf.ts'
import { type ExecutionEvent, execute } from '../../../src/commands/execute.ts'
import { type PlanOptions, planEnvironment } from '../../../src/commands/plan.ts'
import type { Subject } from '../../../src/commands/subject.ts'
import { type Clock, wallClock } from '../../../src/core/clock.ts'
import { sha256 } from '../../../src/core/digest.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import type { Plan } from '../../../src/core/plan.ts'
import { reference } from '../../../src/core/reference.ts'
import type { Resource } from '../../../src/core/resource.ts'
import { Redactor, Secret } from '../../../src/core/secret.ts'
import { viewer } from '../../../src/emulator/kubernetes/authorize.ts'
import { immediateClock } from '../../../src/emulator/kubernetes/clock.ts'
import type { RequestHooks } from '../../../src/emulator/kubernetes/hooks.ts'
import { startKubernetes } from '../../../src/emulator/kubernetes/server.ts'
import type { Gcp, Write } from '../../../src/gcp/port.ts'
import { createHelm } from '../../../src/helm/client.ts'
import type { Helm, HelmRenderer, RenderInput } from '../../../src/helm/port.ts'
import type { ApplyingPorts, Kind, Scope } from '../../../src/kinds/kind.ts'
import { kubernetesSecret } from '../../../src/kinds/kubernetes-secret/index.ts'
import { namespace } from '../../../src/kinds/namespace/index.ts'
import { release } from '../../../src/kinds/release/index.ts'
import { createReaders } from '../../../src/kubernetes/readers.ts'
import { createWriters } from '../../../src/kubernetes/writers.ts'
import { archiveOf, helmHere, serveRoutes } from '../../helm/charts.ts'
import { chartFiles } from './chart.ts'

/** The cluster of these tests. */
export const cluster = { project: 'acme', location: 'us-central1', name: 'one' }

/** What an environment of these tests knows. */
export const scope: Scope = {
  environment: 'staging',
  project: 'acme',
  location: 'us-central1',
  region: 'us-central1',
  cluster,
  applier: undefined,
}

/**
 * Waits a part of what is asked, and says that the whole of it has passed: a twentieth while a helm is at work, which takes
 * real time, and next to nothing while nothing does.
 */
const hurriedClock = (isBusy: () => boolean): Clock => {
  let ahead = 0
  return {
    now: () => Date.now() + ahead,
    sleep: async (milliseconds, signal) => {
      const waited = milliseconds / (isBusy() ? 20 : 500)
      await wallClock.sleep(waited, signal)
      ahead += milliseconds - waited
    },
  }
}

/** Helm, and whether it is at work on a cluster. */
const watchedHelm = (helm: Helm): { readonly helm: Helm; readonly isBusy: () => boolean } => {
  let running = 0
  const counted =
    <Words extends unknown[], Result>(work: (...words: Words) => Promise<Result>) =>
    async (...words: Words): Promise<Result> => {
      running += 1
      try {
        return await work(...words)
      } finally {
        running -= 1
      }
    }
  const { upgrade, rollback, uninstall } = helm
  const watched = { upgrade: counted(upgrade), rollback: counted(rollback), uninstall: counted(uninstall) }
  return { helm: { ...helm, ...watched }, isBusy: () => running > 0 }
}

const ignored = { rules: [], holdsData: true, takes: [1, 1], reads: [] } as const

/** A kind whose resources are always there, with fixed outputs. */
const given = (kind: string, outputs: JsonObject, placeholders: Readonly<Record<string, string>>): Kind =>
  ({
    ...ignored,
    kind,
    placeholders,
    observe: async (resources: readonly Resource[]) =>
      new Map(resources.map(({ address, spec }) => [address, { state: 'present', spec, outputs }])),
  }) as unknown as Kind

const there = (kind: string, name: string): Resource => ({
  kind,
  name,
  address: `${kind}/${name}`,
  identity: `//test/${kind}/${name}`,
  spec: {},
  dependsOn: [],
  sources: {},
})

/** Repository with versions 1.0.0, 1.1.0 and 2.0.0; the last one makes something random. */
const repository = async () => {
  const versions = ['1.0.0', '1.1.0', '2.0.0']
  const archives = await Promise.all(
    versions.map(
      async version =>
        [version, await archiveOf(chartFiles(version, { random: version === '2.0.0' }))] as const,
    ),
  )
  const entries = archives.map(
    ([version, bytes]) => `  - {version: ${version}, urls: [${version}.tgz], digest: ${sha256(bytes)}}`,
  )
  return serveRoutes(() => ({
    '/index.yaml': (_, response) => void response.end(`entries:\n  demo:\n${entries.join('\n')}\n`),
    ...Object.fromEntries(
      archives.map(([version, bytes]) => [`/${version}.tgz`, (_, response) => void response.end(bytes)]),
    ),
  }))
}

/** An emulated cluster, a chart repository, and everything that plans and applies on them. */
export const startWorld = async ({ hooks }: { readonly hooks?: RequestHooks } = {}) => {
  const kubernetes = await startKubernetes({
    hooks,
    authenticate: token => ({ user: token, groups: [] }),
    authorize: (user, access) => user.user === 'applier' || viewer(user, access),
    clock: immediateClock(),
  })
  const charts = await repository()
  const folder = await mkdtemp(join(tmpdir(), 'slipway-release-'))
  const locate = async () => ({ url: kubernetes.url, authority: kubernetes.caCertificate })
  const kept = new Map<string, Buffer>()
  const shelf: Shelf = {
    recall: key => kept.get(key),
    keep: async (key, bytes) => void kept.set(key, bytes),
  }
  const { helm, isBusy } = watchedHelm(
    createHelm({ helm: async () => helmHere() ?? '', folder, loopback: true, shelf }),
  )
  const redactor = new Redactor()
  const payloads = new Map([
    ['staging-login@3', 'sky:first-password'],
    ['staging-login@4', 'sky:second-password'],
  ])
  const backups: JsonObject[] = []
  const gcp = {
    until: async <T>(_: string, __: number, check: () => Promise<T | undefined>): Promise<T> => {
      for (;;) {
        const found = await check()
        if (found !== undefined) return found
      }
    },
    list: async () => backups,
    write: async ({ body }: Write<unknown>) => {
      const run = { id: `backup-${backups.length + 1}`, enqueuedTime: new Date().toISOString() }
      backups.unshift({ ...run, status: 'SUCCESSFUL', ...(body as JsonObject) })
      return {}
    },
    payload: async (secret: string, version: string) =>
      new Secret(payloads.get(`${secret.split('/').at(-1)}@${version}`) ?? ''),
  } as unknown as Gcp
  const writers = createWriters({ locate, token: async () => 'applier', folder })
  const applying: ApplyingPorts = {
    run: {
      clock: hurriedClock(isBusy),
      holder: 'run 7',
      get healthOverrides() {
        return JSON.stringify(Object.fromEntries(kubernetes.addresses))
      },
    },
    gcp,
    kubernetes: writers,
    helm,
    value: name => new Secret(`value of ${name}`),
    redactor,
  }
  const secretOutputs: Record<string, string> = { version: '3', name: 'staging-login' }
  const kinds = new Map<string, Kind>([
    ['release', release as Kind],
    ['namespace', namespace as Kind],
    ['kubernetes-secret', kubernetesSecret as Kind],
    ['address', given('address', { address: '203.0.113.9' }, { address: '192.0.2.1' })],
    ['sql-instance', given('sql-instance', { connectionName: 'acme:us-central1:db' }, {})],
    ['secret', given('secret', secretOutputs, { version: '1', name: 'name' })],
  ])
  const rendered: { readonly input: RenderInput; readonly requestsBefore: number }[] = []
  const renderer: HelmRenderer = {
    ...helm,
    render: input => {
      rendered.push({ input, requestsBefore: kubernetes.audit.length })
      return helm.render(input)
    },
  }
  const plan = (subject: Subject, before?: Subject, facts?: Facts): Promise<Plan> => {
    const known = facts === undefined ? {} : { facts }
    const readers = createReaders({ locate, token: async () => 'planner', ...known })
    const ports = { gcp, kubernetes: readers, helm: renderer }
    const baseline =
      before === undefined ? undefined : { record: { engine: '1' }, resources: before.resources }
    const options = { kinds, ports, engine: '1', baseline, wantedElsewhere: new Set<string>() }
    return planEnvironment(subject, options as unknown as PlanOptions)
  }
  const apply = async (
    made: Plan,
    signal = new AbortController().signal,
    listen: (said: string) => unknown = () => undefined,
  ) => {
    const said: string[] = []
    const onEvent = (event: ExecutionEvent): void => {
      if (event.event !== 'progress') return
      said.push(event.text)
      listen(event.text)
    }
    const scrub = (text: string): string => redactor.scrub(text)
    const done = await execute(made, { kinds, ports: applying, clock: wallClock, signal, onEvent, scrub })
    return { ...done, said, failures: done.outcomes.flatMap(({ problem }) => problem ?? []) }
  }
  const close = async (): Promise<void> => {
    await writers.dispose()
    await Promise.all([kubernetes.close(), charts.close()])
  }
  return {
    kubernetes,
    plan,
    apply,
    close,
    release,
    secretOutputs,
    rendered,
    /** Of the database, newest first. */
    backups,
    repository: charts.base,
    writer: () => writers.writer(cluster),
  }
}

/** A running world. */
export type TestWorld = Awaited<ReturnType<typeof startWorld>>

/** What a test changes of its environment. */
export interface Wish {
  readonly version?: string
  readonly values?: JsonObject
  readonly release?: boolean
  /** True if the release has a database, which is backed up before another version. */
  readonly database?: boolean
  /** The version that the server has to say. */
  readonly says?: string
}

/** An environment with a namespace, its login Secret and a release. */
export const environment = (
  { release, repository }: Pick<TestWorld, 'release' | 'repository'>,
  { version = '1.0.0', values = {}, release: wanted = true, database = false, says = version }: Wish = {},
): Subject => {
  const item = <T>(name: string, settings: T) => ({
    name,
    settings,
    scope,
    sources: {
      '': { file: 'staging.yaml', line: 9, column: 3 },
      'values.apiServce': { file: 'staging.yaml', line: 12, column: 5 },
    },
  })
  const login = { from: 'htpasswd', secret: 'staging-login', version: reference('secret/login', 'version') }
  const secret = kubernetesSecret.schema.parse({ namespace: 'web', data: { auth: login } })
  const settings = release.schema.parse({
    repository,
    chart: 'demo',
    version,
    namespace: 'web',
    values: {
      ingress: { authSecret: 'web-login' },
      lb: { loadBalancerIP: reference('address/staging', 'address') },
      storage: { annotations: { 'helm.sh/resource-policy': 'keep' } },
      ...values,
    },
    health: {
      url: { $text: ['http://', reference('address/staging', 'address'), '/api/health'] },
      login: 'secret/login',
      expect: { status: 'healthy', version: says },
    },
    timeoutMinutes: 5,
    ...(database ? { backupBefore: 'sql-instance/db' } : {}),
    after: ['kubernetes-secret/web-login'],
  })
  return {
    name: 'staging',
    file: 'staging.yaml',
    project: 'acme',
    resources: [
      there('address', 'staging'),
      there('secret', 'login'),
      ...(database ? [there('sql-instance', 'db')] : []),
      namespace.resource(item('web', namespace.schema.parse({ labels: { team: 'ml' } }))),
      kubernetesSecret.resource(item('web-login', secret)),
      ...(wanted ? [release.resource(item('web', settings))] : []),
    ],
    notes: [],
    deletable: new Set(),
  }
}

/** The steps of a plan, a line each, with what differs below. */
export const shown = ({ steps }: Plan): readonly string[] =>
  steps.flatMap(({ address, action, changes }) => [
    `${action} ${address}`,
    ...changes.map(
      ({ path, from, to, effect }) =>
        `  ${path.join('.')}: ${JSON.stringify(from)} → ${JSON.stringify(to)} ${effect}`,
    ),
  ])
