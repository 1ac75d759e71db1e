import { addresses } from '../../__tests__/action/files.ts'
import { byHand } from '../../__tests__/e2e/paths/path.ts'
import { clusterByGuide, googleByGuide } from '../../__tests__/import/guide.ts'
import { onStage, type Stage } from './stage.ts'

/** Comments by name. */
export type Comments = Readonly<Record<string, string>>

const staging = 'environments/staging.yaml'

/** `skypilot` in four lines, and more of them. */
const skypilot = (charts: string, version: string, more = ''): string =>
  [
    'app: skypilot',
    'project: acme-ml',
    'location: us-central1',
    'state: cloudsql',
    'releases:',
    `  skypilot: {repository: "${charts}", version: ${version}}`,
    more,
  ].join('\n')

/** What people did to the database in the console. */
const drift = ({ world }: Stage): Promise<void> =>
  byHand(world, 'SQL', 'PATCH', 'v1/projects/acme-ml/instances/staging-skypilot', {
    settings: { backupConfiguration: { enabled: true, backupRetentionSettings: { retainedBackups: 3 } } },
  })

/** One environment from its first line on, as its pull requests show it. */
const life = (): Promise<Comments> =>
  onStage(['staging'], async stage => {
    const { world, charts, propose, land, comment } = stage
    const step = (version: string, more: string): Promise<number> =>
      propose({ [staging]: skypilot(charts, version, more) })
    const ended = async (number: number): Promise<string> => {
      await land(number)
      return comment(number)
    }
    const first = await step('0.12.2', '')
    const create = comment(first)
    const created = await ended(first)
    await drift(stage)
    const refused = comment(await step('0.12.2', settings('db-custom-4-15360, region: us-east1')))
    const second = await step('0.12.2', settings('db-custom-4-15360'))
    const change = comment(second)
    const applied = await ended(second)
    const upgrade = comment(await step('0.13.0', settings('db-custom-4-15360')))
    const third = await step('0.12.2', settings('db-custom-8-30720'))
    await drift(stage)
    const stopped = await ended(third)
    world.cloud.faults.add({
      match: ({ method }) => method === 'sql.instances.patch',
      kind: 'operation-error',
      failure: { code: 'INTERNAL_ERROR', message: 'The instance could not be moved to another machine.' },
    })
    const fourth = await step('0.13.0', settings('db-custom-8-30720', gpu))
    const failed = await ended(fourth)
    await world.apply(world.scenario.push({ 'README.md': 'Infra, once more\n' }))
    return { create, created, refused, change, applied, upgrade, stopped, failed, healed: comment(fourth) }
  })

const settings = (tier: string, more = ''): string =>
  `database: {tier: ${tier}}\nnodePools:\n  default: {autoscaling: {max: 5}}\n${more}`

const gpu = `  gpu:
    machineType: g2-standard-8
    spot: true
    accelerators: {nvidia-l4: {count: 1, driver: LATEST}}
    autoscaling: {min: 0, max: 4}
`

/** Many environments in one pull request: new ones, one that loses something, one with a mistake, one that waits. */
const many = (): Promise<Comments> =>
  onStage([...names, 'broken'], async ({ world, propose, land, comment }) => {
    const files = (of: (name: string) => string) =>
      Object.fromEntries(names.map(name => [`environments/${name}.yaml`, of(name)]))
    await land(await propose(files(name => addresses(`${name}-web`, `${name}-old`))))
    const waiting = await propose({ 'environments/prod.yaml': addresses('prod-web', 'prod-old', 'prod-new') })
    world.scenario.merge(waiting, 'squash')
    await byHand(world, 'COMPUTE', 'POST', 'projects/acme-ml/regions/us-central1/addresses', {
      ...{ name: 'team-3-vip', networkTier: 'PREMIUM' },
    })
    const last = await propose({
      ...files(name => addresses(`${name}-web`, `${name}-vip`)),
      'environments/prod.yaml': addresses('prod-web', 'prod-old', 'prod-new', 'prod-vip'),
      'environments/broken.yaml': addresses('shop').replace('addresses', 'adresses'),
    })
    return { many: comment(last) }
  })

const names = ['prod', ...Array.from({ length: 11 }, (_, index) => `team-${index + 1}`)]

/** What was made by following the guide is taken over by a file. */
const adoption = (): Promise<Comments> =>
  onStage(['prod'], async ({ world, helm, propose, land, comment }) => {
    const { whole } = world
    if (whole === undefined) throw new Error('This stage has no clusters.')
    await googleByGuide(whole, 'iam')
    await clusterByGuide(whole, helm, 'iam')
    const number = await propose({ 'environments/prod.yaml': byGuide(whole.charts) })
    const adopt = comment(number)
    await land(number)
    return { adopt, adopted: comment(number) }
  })

const byGuide = (charts: string): string => `app: skypilot
project: acme-ml
location: us-central1-a
state: cloudsql
names:
  serviceAccount: skypilot-cloud-sql-access
  kubernetesServiceAccount: skypilot-api-sa
  instance: cloud-sql-skypilot-instance
  database: skypilot-db
login: {kubernetesSecret: skypilot-basic-auth}
cluster: {use: sky}
addresses: {prod: null}
database:
  version: POSTGRES_17
  edition: ENTERPRISE_PLUS
  tier: db-perf-optimized-N-8
namespaces: {skypilot: {secrets: {skypilot-db-connection-uri: null}}}
releases:
  skypilot: {repository: "${charts}", version: 0.13.0}
`

/** A story, and the names of the comments that it tells. */
export interface Story {
  readonly tells: readonly string[]
  readonly tell: () => Promise<Comments>
}

/** Every story. */
export const stories: readonly Story[] = [
  {
    tells: ['create', 'created', 'refused', 'change', 'applied', 'upgrade', 'stopped', 'failed', 'healed'],
    tell: life,
  },
  { tells: ['many'], tell: many },
  { tells: ['adopt', 'adopted'], tell: adoption },
]
