import { rm } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { Plan } from '../../src/core/plan.ts'
import { pathWith, withHelm } from '../support/helm.ts'
import { mustBeDone } from '../support/kill.ts'
import { project } from '../support/one-file.ts'
import { clusterFile, somebodyIn } from '../support/ownership/in-cluster.ts'
import { smallChart } from '../support/small-chart.ts'
import { startWorld, type World } from '../support/world.ts'

jest.setTimeout(120_000)

const causesIn = ({ steps }: Plan) =>
  steps.flatMap(({ address, changes }) =>
    changes.map(({ path, from, to, cause }) => [address, path.join('.'), from, to, cause]),
  )

describe('a revert of an apply that failed half-way', () => {
  let world: World
  beforeEach(async () => {
    world = await startWorld()
    world.google.seed(project).enable('compute', 'container', 'sqladmin', 'iam')
    mustBeDone(await world.apply(before, await world.plan(before)))
    world.google.faults.add({
      match: ({ method }) => method === 'compute.addresses.insert',
      kind: 500,
      times: 999,
    })
    const failed = await world.apply(after, await world.plan(after))
    expect(failed.ended === 'done' && failed.result.outcomes.map(({ ending }) => ending).sort()).toEqual([
      'applied',
      'applied',
      'applied',
      'failed',
    ])
  })
  afterEach(() => world.close())
  const file = (max: number, tier: string, name: string, ...more: readonly string[]) =>
    [
      `project: ${project}`,
      'location: us-central1',
      'services: [compute, container, sqladmin, iam]',
      'cluster: {mode: standard, channel: REGULAR}',
      `nodePools: {auto: {machineType: e2-standard-4, autoscaling: {min: 1, max: ${max}, scope: total}}}`,
      `database: {version: POSTGRES_16, tier: ${tier}, diskGb: 10}`,
      `serviceAccounts: {robot: {id: lab-robot, displayName: ${name}}}`,
      ...more,
      '',
    ].join('\n')
  const before = file(3, 'db-custom-2-7680', 'Robot')
  const after = file(5, 'db-custom-4-15360', 'Droid', 'addresses: {cdn: {tier: PREMIUM}}')
  const rename = (displayName: string) =>
    fetch(
      `${world.google.endpoints.CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM}v1/projects/${project}/serviceAccounts/lab-robot@${project}.iam.gserviceaccount.com`,
      {
        method: 'PATCH',
        headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
        body: JSON.stringify({ serviceAccount: { displayName }, updateMask: 'displayName' }),
      },
    )

  test('says of what that apply wrote that it left it, and calls only what somebody changed drift', async () => {
    await rename('Renamed')
    const plan = await world.plan(before)
    expect(causesIn(plan)).toEqual([
      ['service-account/robot', 'displayName', 'Renamed', 'Robot', 'drift'],
      ['node-pool/auto', 'autoscaling.max', 5, 3, 'left'],
      ['sql-instance/lab', 'tier', 'db-custom-4-15360', 'db-custom-2-7680', 'left'],
    ])
    expect(plan.steps.at(-1)?.changes[0]?.leftBy).toMatchObject({ failed: true })
  })

  test('that goes on to other values changes to these, because the file says so', async () => {
    expect(causesIn(await world.plan(file(7, 'db-custom-4-15360', 'Robot')))).toEqual([
      ['service-account/robot', 'displayName', 'Droid', 'Robot', 'left'],
      ['node-pool/auto', 'autoscaling.max', 5, 7, 'file'],
    ])
  })

  test('that fails, too, still knows it the next time; once it is applied, the same value is drift', async () => {
    world.google.faults.add({
      match: ({ method }) => method === 'iam.projects.serviceAccounts.patch',
      kind: 500,
      times: 999,
    })
    await world.apply(before, await world.plan(before))
    expect(causesIn(await world.plan(before))).toEqual([
      ['service-account/robot', 'displayName', 'Droid', 'Robot', 'left'],
    ])
    world.google.faults.clear()
    mustBeDone(await world.apply(before, await world.plan(before)))
    await rename('Droid')
    expect(causesIn(await world.plan(before))).toEqual([
      ['service-account/robot', 'displayName', 'Droid', 'Robot', 'drift'],
    ])
  })
})

test('a field that such an apply was the first to set stays, and the plan of the revert says as what', async () => {
  const world = await startWorld()
  try {
    world.google.seed(project).enable('compute', 'iam')
    const file = (...more: readonly string[]) =>
      ['project: acme-ml', 'location: us-central1', 'services: [compute, iam]', ...more, ''].join('\n')
    const before = file('serviceAccounts: {robot: {id: lab-robot}}')
    const after = file(
      'serviceAccounts: {robot: {id: lab-robot, displayName: Droid}}',
      'addresses: {cdn: {tier: PREMIUM}}',
    )
    mustBeDone(await world.apply(before, await world.plan(before)))
    world.google.faults.add({
      match: ({ method }) => method === 'compute.addresses.insert',
      kind: 500,
      times: 999,
    })
    await world.apply(after, await world.plan(after))
    const { steps, notes } = await world.plan(before)
    expect([steps, notes.map(({ message }) => message)]).toEqual([
      [],
      ['service-account/robot: displayName is no longer managed; it stays as it is: Droid.'],
    ])
  } finally {
    await world.close()
  }
})

test('a release that such an apply brought up is not taken for somebody’s work by the revert', () =>
  withHelm(
    'a release that an apply left',
    async helm => {
      const chartFolder = await smallChart()
      const world = await startWorld({ kubernetes: true, chartFolder })
      const env = { PATH: pathWith(helm) }
      const plan = (text: string) => world.plan(text, { env })
      const apply = async (text: string) => mustBeDone(await world.apply(text, await plan(text), { env }))
      try {
        const file = (values: string) =>
          clusterFile(world.cloud?.charts ?? '').replace('chart: leaky', `chart: small, values: ${values}`)
        const before = file('{cpu: 100m}')
        const after = file('{cpu: 200m, port: 80, annotations: {a: b}}')
        await apply(before)
        await apply(after)
        const record = world.recorded()
        if (record === undefined) throw new Error('nothing was recorded')
        world.assume(before)
        world.begun(after, record)
        const edit = { data: { version: 'theirs' } }
        await somebodyIn(world).merge('/api/v1/namespaces/web/configmaps/web', edit)
        const deployment = 'objects.Deployment/web/web.spec.template'
        expect(causesIn(await plan(before)).map(([, path, , , cause]) => [path, cause])).toEqual([
          ['objects.ConfigMap/web/web.data.version', 'drift'],
          [`${deployment}.metadata.annotations`, 'left'],
          [`${deployment}.spec.containers.main.resources.requests.cpu`, 'left'],
          ['objects.Service/web/web', 'left'],
        ])
      } finally {
        await world.close()
        await rm(chartFolder, { recursive: true, force: true })
      }
    },
    () => undefined,
  ))
