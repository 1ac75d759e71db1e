import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { isEmpty } from '../../../src/core/plan.ts'
import { escaped, seenOfApply, seenOfPlan } from '../../support/canaries.ts'
import { mustBeDone } from '../../support/kill.ts'
import { project } from '../../support/one-file.ts'
import { somebodyIn } from '../../support/ownership/in-cluster.ts'
import { smallDatabase } from '../../support/small-database.ts'
import { startWorld, type World } from '../../support/world.ts'

jest.setTimeout(300_000)

const file = `project: ${project}
location: us-central1-a
services: [compute, container, secretmanager, sqladmin]
cluster: {name: lab, mode: standard, channel: REGULAR}
nodePools:
  main: {machineType: e2-standard-8, diskType: pd-balanced, diskGb: 100, nodes: 1}
secrets:
  database: {name: lab-database, generate: {length: 32, alphabet: letters-digits}}
${smallDatabase('lab-database')}namespaces:
  lab:
    secrets:
      connection:
        data:
          uri:
            from: template
            template: postgresql://sky:{password}@127.0.0.1/sky
            password: {secret: lab-database, version: {$ref: "secret/database#version"}}
            encode: url
`

let world: World
beforeEach(async () => {
  world = await startWorld({ kubernetes: true })
})
afterEach(() => world.close())

const stored = (version: string): string => {
  const versions = world.google.state.find(project)?.secrets.get('lab-database')?.versions
  return Buffer.from(versions?.get(version)?.payload ?? '', 'base64').toString()
}

const atSql = (): unknown =>
  world.google.requests.writes
    .filter(({ path }) => path.endsWith('/users'))
    .map(({ body }) => (body as { password?: string }).password)
    .at(-1)

const inCluster = (): string => {
  const secret = world.cloud?.clusters.get('lab')?.get('Secret', 'lab', 'connection')
  const { uri = '' } = (secret?.data ?? {}) as { readonly uri?: string }
  return Buffer.from(uri, 'base64').toString()
}

const secrets = '/api/v1/namespaces/lab/secrets'

/** An apply that sets the password and cannot write the Secret, because somebody else's of another type is there. */
const lostBeforeSecret = async () => {
  const somebody = somebodyIn(world)
  await somebody.remove(`${secrets}/connection`).catch(() => undefined)
  const data = { username: 'eA==', password: 'eA==' }
  await somebody.create(secrets, { metadata: { name: 'connection' }, type: 'kubernetes.io/basic-auth', data })
  const reviewed = await world.plan(file)
  const applied = await world.apply(file, reviewed)
  const outcomes = applied.ended === 'done' ? applied.result.outcomes : []
  expect(outcomes.filter(({ ending }) => ending === 'failed').map(({ address }) => address)).toEqual([
    'kubernetes-secret/connection',
  ])
  await somebody.remove(`${secrets}/connection`)
  return { reviewed, applied }
}

describe('a password that is set at Cloud SQL and lost before the Secret', () => {
  test('is the one that the next apply brings, at the first time and in a rotation', async () => {
    const bare = file.replace(/ {4}secrets:\n( {6}.*\n)+$/, '    labels: {team: ml}\n')
    mustBeDone(await world.apply(bare, await world.plan(bare)))
    const first = await lostBeforeSecret()
    expect([atSql(), inCluster()]).toEqual([stored('1'), ''])
    const again = await world.apply(file, first.reviewed)
    mustBeDone(again)
    expect([atSql(), inCluster()]).toEqual([stored('1'), `postgresql://sky:${stored('1')}@127.0.0.1/sky`])

    const secret = world.google.state.find(project)?.secrets.get('lab-database')
    const payload = 'canary/of the second+version'
    secret?.versions.set('2', {
      resource: { name: `${String(secret.resource.name)}/versions/2`, state: 'ENABLED' },
      payload: Buffer.from(payload).toString('base64'),
    })
    const second = await lostBeforeSecret()
    expect([atSql(), inCluster()]).toEqual([payload, ''])
    const left = await world.plan(file)
    expect(left.steps.map(({ action, address }) => `${action} ${address}`)).toEqual([
      'update kubernetes-secret/connection',
    ])
    const done = await world.apply(file, second.reviewed)
    mustBeDone(done)
    expect(inCluster()).toBe('postgresql://sky:canary%2Fof%20the%20second%2Bversion@127.0.0.1/sky')
    expect(isEmpty(await world.plan(file))).toBe(true)

    const seen = {
      ...seenOfPlan('left', left),
      ...seenOfApply('first', first.applied, []),
      ...seenOfApply('again', again, []),
      ...seenOfApply('second', second.applied, []),
      ...seenOfApply('done', done, []),
    }
    expect(escaped({ first: stored('1'), second: payload }, seen)).toEqual([])
  })
})
