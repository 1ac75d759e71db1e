import { expect, jest, test } from '@jest/globals'
import { isEmpty } from '../../../src/core/plan.ts'
import { pathWith, withHelm } from '../../support/helm.ts'
import { mustBeDone } from '../../support/kill.ts'
import { project } from '../../support/one-file.ts'
import { somebodyIn } from '../../support/ownership/in-cluster.ts'
import { startWorld, type World } from '../../support/world.ts'

jest.setTimeout(240_000)

/** What people make by hand with the commands of the guide, under the guide's names. */
const byHand = async (world: World): Promise<void> => {
  const seed = world.google.seed(project)
  seed.enable('compute', 'container', 'sqladmin', 'secretmanager')
  seed.secret('sky-login', ['skypilot:by-hand-0056'])
  seed.serviceAccount('skypilot-cloud-sql-access', { displayName: 'SkyPilot Cloud SQL access' })
  await seed.cluster('us-central1-a', 'lab', {
    initialNodeCount: 1,
    releaseChannel: { channel: 'REGULAR' },
    workloadIdentityConfig: { workloadPool: `${project}.svc.id.goog` },
  })
  await seed.sqlInstance('cloud-sql-skypilot-instance', {
    region: 'us-central1',
    databaseVersion: 'POSTGRES_16',
    settings: { tier: 'db-custom-2-7680', edition: 'ENTERPRISE', backupConfiguration: { enabled: false } },
  })
  await seed.sqlUser('cloud-sql-skypilot-instance', { name: 'skypilot', password: 'by-hand-0057' })
  await somebodyIn(world).create('/api/v1/namespaces', { metadata: { name: 'skypilot' } })
}

const file = (charts: string): string => `app: skypilot
name: prod
project: ${project}
location: us-central1
state: cloudsql
cluster: {use: lab, location: us-central1-a}
database: {auth: password}
names:
  serviceAccount: skypilot-cloud-sql-access
  kubernetesServiceAccount: skypilot-api-sa
  instance: cloud-sql-skypilot-instance
  database: skypilot-db
  namespace: skypilot
  release: skypilot
login: {secret: sky-login}
releases:
  skypilot: {repository: "${charts}", version: 0.12.2}
`

test('what the guide made under its own names is adopted, each with a line, and nothing is made twice', async () => {
  await withHelm(
    'adoption of what the guide made',
    async helm => {
      const env = { PATH: pathWith(helm) }
      const world = await startWorld({ kubernetes: true })
      try {
        await byHand(world)
        const text = file(world.cloud?.charts ?? '')
        const plan = await world.plan(text, { env })
        expect(plan.problems).toEqual([])
        const having = (action: string) =>
          plan.steps.filter(step => step.action === action).map(({ address }) => address)
        expect(having('adopt').sort()).toEqual([
          'namespace/skypilot',
          'service-account/skypilot',
          'sql-instance/prod',
          'sql-user/skypilot',
        ])
        expect(having('create')).toEqual(
          expect.arrayContaining(['sql-database/skypilot', 'release/skypilot', 'secret/database']),
        )
        expect([
          ...having('remove'),
          ...having('create').filter(address => /cluster\/|node-pool/.test(address)),
        ]).toEqual([])
        const instance = plan.steps.find(({ address }) => address === 'sql-instance/prod')
        expect(instance?.changes.map(({ path }) => path.join('.'))).toEqual(
          expect.arrayContaining(['mark', 'backups.enabled', 'deletionProtection']),
        )
        mustBeDone(await world.apply(text, plan, { env }))
        expect(isEmpty(await world.plan(text, { env }))).toBe(true)
        const state = world.google.state.find(project)
        expect([[...(state?.sqlInstances.keys() ?? [])], state?.clusters.size]).toEqual([
          ['cloud-sql-skypilot-instance'],
          1,
        ])
      } finally {
        await world.close()
      }
    },
    () => undefined,
  )
})
