import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { isEmpty, type Plan } from '../../src/core/plan.ts'
import { mustBeDone } from '../support/kill.ts'
import { project } from '../support/one-file.ts'
import { smallDatabase } from '../support/small-database.ts'
import { startWorld, type World } from '../support/world.ts'

const file = `project: ${project}
location: us-central1
services: [secretmanager, sqladmin]
secrets:
  database: {name: brought}
${smallDatabase('brought')}`

let world: World
beforeEach(async () => {
  world = await startWorld()
  const seed = world.google.seed(project)
  seed.enable('secretmanager')
  seed.secret('brought', ['first-payload'])
  mustBeDone(await world.apply(file, await world.plan(file)))
})
afterEach(() => world.close())

const versions = () => {
  const found = world.google.state.find(project)?.secrets.get('brought')
  if (found === undefined) throw new Error('no secret')
  return found
}

const add = (payload: string): void => {
  const { resource, versions: all } = versions()
  const number = String(all.size + 1)
  const name = `${String(resource.name)}/versions/${number}`
  all.set(number, { resource: { name, state: 'ENABLED' }, payload: Buffer.from(payload).toString('base64') })
}

const turn = (number: string, state: 'DISABLED' | 'DESTROYED' | 'ENABLED'): void => {
  const version = versions().versions.get(number)
  if (version === undefined) throw new Error(`no version ${number}`)
  version.resource = { ...version.resource, state }
  if (state === 'DESTROYED') version.payload = undefined
}

/** The password that Cloud SQL was told last. */
const passwordAtSql = (): unknown =>
  world.google.requests.writes
    .filter(({ path }) => path.endsWith('/users'))
    .map(({ body }) => (body as { readonly password?: string }).password)
    .at(-1)

const notesOf = ({ notes }: Plan): readonly string[] =>
  notes.filter(({ address }) => address === 'secret/database').map(({ message }) => message)

/** Version 2 is reviewed, then something happens to the secret, then it is applied. */
const reviewedThen = async (happens: () => void) => {
  add('second-payload')
  const reviewed = await world.plan(file)
  expect([reviewed.pins, reviewed.steps.map(({ address }) => address)]).toEqual([
    { 'secret/database': '2' },
    ['sql-user/sky'],
  ])
  happens()
  const applied = await world.apply(file, reviewed)
  return { applied, after: await world.plan(file) }
}

describe('a secret that changes between the review and the apply', () => {
  test.each([
    {
      name: 'a newer version',
      happens: () => add('third-payload'),
      used: 'second-payload',
      said: 'secret/database: version 2 was reviewed and is used; 3 is newer.',
      left: ['passwordVersion 2 → 3'],
    },
    {
      name: 'the reviewed one disabled, a newer one there',
      happens: () => {
        add('third-payload')
        turn('2', 'DISABLED')
      },
      used: 'third-payload',
      said: 'secret/database: version 2 was reviewed and is no longer enabled; version 3 is used.',
      left: [],
    },
    {
      name: 'the reviewed one destroyed, a newer one there',
      happens: () => {
        add('third-payload')
        turn('2', 'DESTROYED')
      },
      used: 'third-payload',
      said: 'secret/database: version 2 was reviewed and is no longer enabled; version 3 is used.',
      left: [],
    },
    {
      name: 'rolled back to the one before, which is in use',
      happens: () => turn('2', 'DISABLED'),
      used: 'first-payload',
      said: 'secret/database: version 2 was reviewed and is no longer enabled; version 1 is used.',
      left: [],
    },
  ])('$name', async ({ happens, used, said, left }) => {
    const { applied, after } = await reviewedThen(happens)
    mustBeDone(applied)
    expect(notesOf(applied.plan)).toEqual([said])
    expect(passwordAtSql()).toBe(used)
    const changes = after.steps.flatMap(step => step.changes)
    expect(
      changes.map(({ path, from }) => `${path.join('.')} ${String(from)} → ${after.pins['secret/database']}`),
    ).toEqual(left)
    expect(notesOf(after)).toEqual([])
  })

  test('no version left: stopped before the first write, with the command that adds one', async () => {
    const writes = world.google.requests.writes.length
    const { applied } = await reviewedThen(() => {
      turn('1', 'DESTROYED')
      turn('2', 'DISABLED')
    })
    expect(applied.ended).toBe('refused')
    expect(applied.plan.problems.map(({ message, advice }) => [message, advice])).toContainEqual([
      expect.stringContaining(
        'the secret brought in Secret Manager of project acme-ml has no enabled version',
      ),
      expect.stringContaining(`gcloud secrets versions add brought --project ${project} --data-file -`),
    ])
    expect(world.google.requests.writes).toHaveLength(writes)
  })

  test('a later review brings the newer one, and going back is a change like any other', async () => {
    add('second-payload')
    mustBeDone(await world.apply(file, await world.plan(file)))
    expect(passwordAtSql()).toBe('second-payload')
    turn('2', 'DISABLED')
    const back = await world.plan(file)
    expect(back.steps.flatMap(({ changes }) => changes.map(({ path, from }) => [path, from]))).toEqual([
      [['passwordVersion'], '2'],
    ])
    mustBeDone(await world.apply(file, back))
    expect([passwordAtSql(), isEmpty(await world.plan(file))]).toEqual(['first-payload', true])
  })
})

describe('a value of the runner', () => {
  const held = (version: string) =>
    file.replace(/password: .*$/m, `password: {from: env, name: LOGIN, version: ${version}}`)

  test('is taken anew when the file names another version, and not before', async () => {
    const values = { LOGIN: 'held-by-the-runner' }
    mustBeDone(await world.apply(held('v1'), await world.plan(held('v1')), { values }))
    expect(passwordAtSql()).toBe('held-by-the-runner')
    const other = { LOGIN: 'held-since-yesterday' }
    expect(isEmpty(await world.plan(held('v1')))).toBe(true)
    mustBeDone(await world.apply(held('v2'), await world.plan(held('v2')), { values: other }))
    expect(passwordAtSql()).toBe('held-since-yesterday')
    expect(isEmpty(await world.plan(held('v2')))).toBe(true)
  })

  test('that the runner does not hold stops the step, and says where it belongs', async () => {
    const applied = await world.apply(held('v1'), await world.plan(held('v1')))
    const problems = applied.ended === 'done' ? applied.result.outcomes.map(({ problem }) => problem) : []
    expect(problems.map(problem => problem?.message)).toEqual(['The runner holds no value named LOGIN.'])
    expect(passwordAtSql()).toBe('first-payload')
  })
})
