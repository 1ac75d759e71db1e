import { afterEach, describe, expect, test } from '@jest/globals'
import { takesOverOnly } from '../../src/cli/import.ts'
import type { Applied } from '../../src/commands/apply.ts'
import { isEmpty } from '../../src/core/plan.ts'
import { ask } from '../emulator/kubernetes/support.ts'
import { clusterByGuide, clusterOf, email, gcloudByGuide, zone } from '../import/guide.ts'
import { runImport } from '../import/terminal.ts'
import { everyGoogleKind } from '../support/files.ts'
import { type Gcloud, gcloudFor, withGcloud } from '../support/gcloud.ts'
import { pathWith, withHelm } from '../support/helm.ts'
import { mustBeDone } from '../support/kill.ts'
import { startWorld, type World } from '../support/world.ts'

const long = 400_000
let world: World
let gcloud: Gcloud
afterEach(() => Promise.all([world.close(), gcloud.dispose()]))

const start = async () => {
  world = await startWorld({ kubernetes: true })
  const { cloud } = world
  if (cloud === undefined) throw new Error('this world has no clusters')
  gcloud = await gcloudFor(cloud.environment)
  return cloud
}

/** One kind of resource, as gcloud handles it; `SELF` and `IN` stand for its name and where it is. */
interface Chain {
  readonly before?: readonly string[]
  readonly group: string
  readonly name: string
  readonly where: string
  readonly create: string
  /** Undefined: gcloud has no command for it. */
  readonly update: readonly string[]
  readonly remove?: string
}

const instance = 'sql-one'
const chains: readonly (readonly Chain[])[] = [
  [
    {
      group: 'container clusters',
      name: 'one',
      where: `--location ${zone}`,
      create: '--num-nodes 1 --workload-pool acme-ml.svc.id.goog --release-channel regular',
      update: ['--update-labels team=ml', '--enable-vertical-pod-autoscaling'],
    },
    {
      group: 'container node-pools',
      name: 'extra',
      where: `--cluster one --location ${zone}`,
      create: '--num-nodes 1 --machine-type e2-standard-4 --spot',
      update: ['--enable-autoscaling --min-nodes 0 --max-nodes 3'],
    },
  ],
  [
    {
      group: 'sql instances',
      name: instance,
      where: '',
      create:
        '--database-version POSTGRES_16 --edition enterprise --tier db-custom-2-7680 --region us-central1 --database-flags cloudsql.iam_authentication=on',
      update: ['--backup-start-time 04:00'],
    },
    { group: 'sql databases', name: 'app', where: `--instance ${instance}`, create: '', update: [] },
    {
      group: 'sql users',
      name: 'jo@example.com',
      where: `--instance ${instance}`,
      create: '--type cloud_iam_user',
      update: [],
    },
  ],
  [
    {
      group: 'iam service-accounts',
      name: 'server-one',
      where: '',
      create: '--display-name Server',
      update: ['--display-name Servers'],
    },
    {
      group: 'compute addresses',
      name: 'web',
      where: '--region us-central1',
      create: '--description web',
      // gcloud changes addresses with its beta commands only.
      update: [],
    },
    {
      group: 'secrets',
      name: 'login',
      where: '',
      create: '--replication-policy automatic',
      update: ['--update-labels team=ml'],
    },
  ],
]

const isAccount = (group: string): boolean => group === 'iam service-accounts'
const selfOf = ({ group, name }: Chain): string =>
  isAccount(group) ? `${name}@acme-ml.iam.gserviceaccount.com` : name

const line = (...parts: readonly string[]): string => parts.filter(part => part !== '').join(' ')

const listed = async ({ group, name, where }: Chain): Promise<void> => {
  const all = await gcloud.must(line(group, 'list', where.replace('--region', '--regions')))
  expect(JSON.stringify(all)).toContain(name)
}

const described = async (chain: Chain): Promise<unknown> =>
  gcloud.must(line(chain.group, 'describe', selfOf(chain), chain.where))

const make = async (chain: Chain): Promise<void> => {
  const { group, name, where, create, update } = chain
  await gcloud.must(line(group, 'create', name, where, create))
  const verb = group === 'sql instances' ? 'patch' : 'update'
  for (const change of update) await gcloud.must(line(group, verb, selfOf(chain), where, change))
  await Promise.all([listed(chain), described(chain)])
}

const remove = async (chain: Chain): Promise<void> => {
  await gcloud.must(line(chain.group, 'delete', selfOf(chain), chain.where))
}

const inTurn = async (list: readonly Chain[], work: (chain: Chain) => Promise<void>): Promise<void> => {
  for (const chain of list) await work(chain)
}

const kinds = (): void => {
  test(
    'makes, changes and deletes each kind; in between Slipway takes it over as it is',
    async () => {
      await start()
      await gcloud.must(
        'services enable container.googleapis.com sqladmin.googleapis.com secretmanager.googleapis.com',
      )
      expect(JSON.stringify(await gcloud.must('services list --enabled'))).toContain(
        'sqladmin.googleapis.com',
      )
      await Promise.all(chains.map(list => inTurn(list, make)))
      const member = 'serviceAccount:server-one@acme-ml.iam.gserviceaccount.com'
      const binding = `--role roles/cloudsql.client --member ${member} --condition None`
      await gcloud.must(`projects add-iam-policy-binding acme-ml ${binding}`)
      const { code, out, said } = await runImport(world.environment)
      expect([code, said]).toEqual([0, expect.stringContaining('over and changes nothing else')])
      const plan = await world.plan(out)
      expect(takesOverOnly(plan)).toBe(true)
      mustBeDone(await world.apply(out, plan))
      expect(isEmpty(await world.plan(out))).toBe(true)
      await gcloud.must(`projects remove-iam-policy-binding acme-ml ${binding}`)
      await Promise.all(chains.map(list => inTurn([...list].reverse(), remove)))
      const [project] = world.google.state.all
      expect([project?.clusters.size, project?.sqlInstances.size, project?.addresses.size]).toEqual([0, 0, 0])
      expect([project?.secrets.size, [...(project?.serviceAccounts.keys() ?? [])].join()]).toEqual([
        0,
        expect.not.stringContaining('server-one'),
      ])
    },
    long,
  )

  test(
    'what Slipway made, gcloud describes without a warning',
    async () => {
      await start()
      mustBeDone(await world.apply(everyGoogleKind, await world.plan(everyGoogleKind)))
      const [cluster, database] = [`--cluster lab --location ${zone}`, '--instance lab-main']
      const answers = await Promise.all([
        gcloud.must(`container clusters describe lab --location ${zone}`),
        gcloud.must(`container node-pools describe gpu ${cluster}`),
        gcloud.must('sql instances describe lab-main'),
        gcloud.must(`sql databases describe skypilot ${database}`),
        gcloud.must(`sql users list ${database}`),
        gcloud.must('iam service-accounts describe lab-server@acme-ml.iam.gserviceaccount.com'),
        gcloud.must('compute addresses describe lab-server --region us-central1'),
        gcloud.must('secrets describe lab-database'),
        gcloud.must('secrets versions list lab-database'),
        gcloud.must('projects get-iam-policy acme-ml'),
        gcloud.must('iam service-accounts get-iam-policy lab-server@acme-ml.iam.gserviceaccount.com'),
      ])
      expect(answers).toMatchObject([
        { name: 'lab', status: 'RUNNING', resourceLabels: { 'slipway-environment': 'lab' } },
        { name: 'gpu', config: { machineType: 'g2-standard-8', spot: true } },
        { name: 'lab-main', state: 'RUNNABLE', settings: { tier: 'db-custom-2-7680' } },
        { name: 'skypilot' },
        expect.arrayContaining([expect.objectContaining({ name: 'skypilot' })]),
        { displayName: 'The server' },
        { status: 'RESERVED', networkTier: 'PREMIUM' },
        { labels: { 'slipway-environment': 'lab' } },
        [{ state: 'ENABLED' }],
        {
          bindings: expect.arrayContaining([
            { role: 'roles/cloudsql.viewer', members: ['group:ml@acme.com'] },
          ]),
        },
        { bindings: [{ members: ['serviceAccount:acme-ml.svc.id.goog[lab/lab-api-sa]'] }] },
      ])
    },
    long,
  )
}

const guide = (helm: string): void => {
  test(
    'the SkyPilot guide’s own commands: a short file takes over what they made',
    async () => {
      const cloud = await start()
      await gcloudByGuide(gcloud.must)
      await clusterByGuide(cloud, helm, 'iam')
      const { code, out, said } = await runImport(world.environment, { repository: [cloud.charts] })
      expect([code, said]).toEqual([0, expect.stringContaining('over and changes nothing else')])
      expect(out).toMatch(/^app: skypilot$/m)
      const plan = await world.plan(out)
      mustBeDone(await world.apply(out, plan))
      expect(isEmpty(await world.plan(out))).toBe(true)
      const [account, sql] = await Promise.all([
        gcloud.must(`iam service-accounts describe ${email}`),
        gcloud.must('sql instances describe cloud-sql-skypilot-instance'),
      ])
      expect([account, sql]).toMatchObject([
        { description: '[slipway-environment=sky]' },
        { settings: { userLabels: { 'slipway-environment': 'sky' } } },
      ])
    },
    long,
  )
}

/** What somebody writes who has followed the guide, without asking `import`. */
const byHand = (charts: string): string => `app: skypilot
name: prod
project: acme-ml
location: us-central1
state: cloudsql
cluster: {use: sky, location: ${zone}}
database: {version: POSTGRES_16, edition: ENTERPRISE_PLUS, tier: db-perf-optimized-N-2}
names:
  serviceAccount: skypilot-cloud-sql-access
  kubernetesServiceAccount: skypilot-api-sa
  instance: cloud-sql-skypilot-instance
  database: skypilot-db
  namespace: skypilot
  release: skypilot
releases:
  skypilot: {repository: "${charts}", version: 0.13.0}
`

const writtenByHand = (helm: string): void => {
  test(
    'the SkyPilot guide’s own commands: a file that was written by hand takes over what they made, and stops at a Secret that nobody could read',
    async () => {
      const cloud = await start()
      await gcloudByGuide(gcloud.must)
      await clusterByGuide(cloud, helm, 'iam')
      const text = byHand(cloud.charts)
      const env = { PATH: pathWith(helm) }
      const plan = await world.plan(text, { env })
      expect(plan.problems).toEqual([])
      expect(plan.steps.map(({ action, address }) => `${action} ${address}`)).toEqual([
        'create service/secretmanager',
        'adopt service-account/skypilot',
        'create address/prod',
        'adopt sql-instance/prod',
        'adopt sql-user/skypilot',
        'create secret/login',
        'adopt namespace/skypilot',
        'create kubernetes-secret/skypilot-db-connection-uri',
        'create kubernetes-secret/skypilot-login',
        'adopt release/skypilot',
      ])
      const instance = plan.steps.find(({ address }) => address === 'sql-instance/prod')
      expect(instance?.changes.map(({ path, from, to }) => [path.join('.'), from, to])).toEqual([
        ['sslMode', 'ALLOW_UNENCRYPTED_AND_ENCRYPTED', 'ENCRYPTED_ONLY'],
        ['connectorEnforcement', 'NOT_REQUIRED', 'REQUIRED'],
        ['backups.enabled', false, true],
        ['backups.startTime', '12:00', '03:00'],
        ['backups.retained', 15, 7],
        ['backups.logDays', 14, 7],
        ['deletionProtection', false, true],
        ['retainBackupsOnDelete', false, true],
        ['finalBackupDays', 0, 30],
        ['mark', undefined, 'prod'],
      ])
      // Nobody reads Secrets while planning: what was made by hand and holds something else is found when it is applied.
      const first = await world.apply(text, plan, { env })
      expect(failedIn(first)).toEqual([
        'kubernetes-secret/skypilot-db-connection-uri: kubernetes-secret/skypilot-db-connection-uri: a Secret skypilot-db-connection-uri is in skypilot already, with other values, and Slipway did not make it.',
        'release/skypilot: something that it needs failed',
      ])
      const label = { metadata: { labels: { 'slipway.dev/environment': 'prod' } } }
      const path = '/api/v1/namespaces/skypilot/secrets/skypilot-db-connection-uri'
      const type = 'application/merge-patch+json'
      expect((await ask(clusterOf(cloud), 'PATCH', path, { token: 'owner', body: label, type })).code).toBe(
        200,
      )
      mustBeDone(await world.apply(text, plan, { env }))
      expect(isEmpty(await world.plan(text, { env }))).toBe(true)
    },
    long,
  )
}

const failedIn = (applied: Applied): readonly string[] =>
  applied.ended === 'refused'
    ? ['refused']
    : applied.result.outcomes
        .filter(({ ending }) => ending !== 'applied' && ending !== 'already')
        .map(({ address, ending, problem }) => `${address}: ${problem?.message ?? ending}`)

withGcloud(
  'gcloud, both ways',
  () =>
    describe('gcloud', () => {
      kinds()
      withHelm(
        'gcloud by the guide',
        helm => {
          guide(helm)
          writtenByHand(helm)
        },
        name => test.skip(name, () => undefined),
      )
    }),
  name => test.skip(name, () => undefined),
)
