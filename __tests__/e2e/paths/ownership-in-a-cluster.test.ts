import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { pathWith, withHelm } from '../../support/helm.ts'
import { mustBeDone } from '../../support/kill.ts'
import { writeLeakyChart } from '../../support/leaky-chart.ts'
import { clusterFile, clusterRows, somebodyIn } from '../../support/ownership/in-cluster.ts'
import { situationsOf, takenApart, without } from '../../support/ownership/judge.ts'
import { startWorld, type World } from '../../support/world.ts'

jest.setTimeout(300_000)

const inWorld = async (helm: string, work: (world: World, file: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-ownership-'))
  const chartFolder = await writeLeakyChart(folder, { password: 'none', token: 'none' })
  const started = await startWorld({ kubernetes: true, chartFolder })
  const env = { PATH: pathWith(helm) }
  const world: World = {
    ...started,
    plan: text => started.plan(text, { env }),
    apply: (text, reviewed) => started.apply(text, reviewed, { env }),
  }
  try {
    const file = clusterFile(world.cloud?.charts ?? '')
    mustBeDone(await world.apply(file, await world.plan(file)))
    await work(world, file)
  } finally {
    await world.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** A Secret that somebody made, before and after he hands it over. */
const secretOfSomebody = async (world: World, file: string): Promise<void> => {
  const secrets = '/api/v1/namespaces/lab/secrets'
  const somebody = somebodyIn(world)
  const value = (text: string) => ({ greeting: Buffer.from(text).toString('base64') })
  await somebody.create(secrets, { metadata: { name: 'theirs' }, type: 'Opaque', data: value('theirs') })
  const more = file.replace(
    '  web: {}\n',
    '      theirs: {data: {greeting: {from: literal, value: ours}}}\n  web: {}\n',
  )
  const plan = await world.plan(more)
  expect(plan.steps.map(({ action, address }) => `${action} ${address}`)).toEqual([
    'create kubernetes-secret/theirs',
  ])
  const stopped = await world.apply(more, plan)
  const said = stopped.ended === 'done' ? stopped.result.outcomes[0]?.problem : undefined
  expect(said?.message).toContain('is in lab already, with other values, and Slipway did not make it')
  expect(said?.advice).toContain('slipway.dev/environment=lab')
  const labels = { 'slipway.dev/environment': 'lab' }
  await somebody.merge(`${secrets}/theirs`, { metadata: { labels } })
  mustBeDone(await world.apply(more, plan))
  expect(world.cloud?.clusters.get('lab')?.get('Secret', 'lab', 'theirs')?.data).toEqual(value('ours'))
  mustBeDone(await world.apply(file, await world.plan(file)))
  expect(world.cloud?.clusters.get('lab')?.get('Secret', 'lab', 'theirs')).toBeUndefined()
}

/** A Secret of ours that another environment has labelled is left, though the record names it. */
const secretHandedOver = async (world: World, file: string): Promise<void> => {
  const path = '/api/v1/namespaces/lab/secrets/words'
  const relabel = (environment: string) =>
    somebodyIn(world).merge(path, { metadata: { labels: { 'slipway.dev/environment': environment } } })
  await relabel('other')
  const dropped = without(file, [['namespaces', 'lab', 'secrets']])
  mustBeDone(await world.apply(dropped, await world.plan(dropped)))
  expect(world.cloud?.clusters.get('lab')?.get('Secret', 'lab', 'words')).toBeDefined()
  await relabel('lab')
  mustBeDone(await world.apply(file, await world.plan(file)))
}

test('inside a cluster, a plan and an apply do with each kind what its owner may expect', async () => {
  await withHelm(
    'ownership in a cluster',
    helm =>
      inWorld(helm, async (world, file) => {
        for (const row of clusterRows)
          expect([row.kind, await situationsOf(world, file, row)]).toEqual([row.kind, row.expected])
        for (const { mark, address } of clusterRows.filter(row => row.mark !== undefined)) {
          await mark?.(world, null)
          const plan = await world.plan(file)
          expect(plan.steps.map(step => `${step.action} ${step.address}`)).toEqual([`adopt ${address}`])
          mustBeDone(await world.apply(file, plan))
          expect((await world.plan(file)).steps).toEqual([])
        }
        await secretOfSomebody(world, file)
        await secretHandedOver(world, file)
        expect(await takenApart(world, file, clusterRows)).toEqual(
          clusterRows.map(({ address }) => `remove ${address}`),
        )
        const left = world.cloud?.clusters.get('lab')?.objects() ?? []
        const named = left.map(({ kind, metadata }) => `${kind} ${(metadata as { name: string }).name}`)
        expect(
          named.filter(name => /^(Namespace lab|Deployment leaky|Lease slipway-web)$/.test(name)),
        ).toEqual([])
      }),
    () => undefined,
  )
})
