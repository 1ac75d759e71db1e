import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { path } from '../../action/files.ts'
import { type Step, startWorld, type World } from '../../action/world.ts'
import { type Canaries, escaped, type Seen } from '../../support/canaries.ts'
import { smallDatabase } from '../../support/small-database.ts'

jest.setTimeout(300_000)

let world: World
beforeEach(async () => {
  world = await startWorld({ files: { 'README.md': 'Infra\n' } })
  const seed = world.cloud.seed()
  seed.enable('secretmanager', 'sqladmin')
  seed.secret('brought', [canaries.first])
})
afterEach(async () => {
  expect(world.scenario.github.violations).toEqual([])
  await world.close()
})

const canaries = {
  first: 'canary-<first>&payload-0051',
  second: "canary-'second'+payload/0052",
  third: 'canary third payload 0053',
  held: 'canary"held\\by-the-runner 0054',
  later: 'canary-held-later-0055',
} satisfies Canaries

const file = (version: string): string => `project: acme-ml
location: us-central1
services: [secretmanager, sqladmin]
secrets:
  database: {name: brought}
  made: {name: staging-made, generate: {length: 32}}
${smallDatabase('brought')}    robot:
      type: built-in
      password: {from: env, name: LOGIN, version: ${version}}
`

const secretState = () => {
  const found = world.cloud.state.find('acme-ml')?.secrets
  if (found === undefined) throw new Error('no project')
  return found
}

const add = (number: string, payload: string): void => {
  const secret = secretState().get('brought')
  const name = `${String(secret?.resource.name)}/versions/${number}`
  const data = Buffer.from(payload).toString('base64')
  secret?.versions.set(number, { resource: { name, state: 'ENABLED' }, payload: data })
}

/** The password of a user that Cloud SQL was told last. */
const passwordOf = (user: string): unknown =>
  world.cloud.requests.writes
    .filter(({ path: to, body }) => to.endsWith('/users') && (body as { name?: string }).name === user)
    .map(({ body }) => (body as { password?: string }).password)
    .at(-1)

/** Everything that a step leaves where people can see it; what is told to the runner to mask is told to it alone. */
const seenOf = (name: string, step: Step): Seen => ({
  [`${name} as written`]: step.raw.replaceAll(/^::add-mask::.*$/gm, ''),
  [`${name} log`]: step.log,
  [`${name} summary`]: step.summary,
  [`${name} outputs`]: JSON.stringify(step.outputs),
  [`${name} annotations`]: JSON.stringify(step.annotations),
})

const bring = async (number: number, text: string, login: string, before: () => void = () => undefined) => {
  const { scenario } = world
  scenario.openPull({ branch: `x${number}`, files: { [path]: text } })
  const planned = await world.plan(scenario.pullEvent(number))
  before()
  const inputs = { values: JSON.stringify({ LOGIN: login }) }
  const { applies, report } = await world.apply(scenario.merge(number, 'squash'), { inputs })
  const [applied] = applies
  if (applied === undefined || report === undefined) throw new Error('nothing was applied')
  const seen = {
    ...seenOf(`plan of #${number}`, planned),
    ...seenOf(`apply of #${number}`, applied),
    ...seenOf(`report of #${number}`, report),
    [`comments of #${number}`]: world.comments(number).join('\n'),
  }
  return { planned, applied, seen }
}

/** What stays: artifacts and records. */
const kept = (): Seen => ({
  artifacts: JSON.stringify([...world.scenario.github.state.artifacts.values()], (_, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
  ),
  records: JSON.stringify([...world.scenario.github.state.deployments.values()]),
})

describe('secrets through the bundled action', () => {
  test('are made, used and rotated, and none of them is seen anywhere', async () => {
    const first = await bring(1, file('v1'), canaries.held)
    expect(first.applied.conclusion).toBe('success')
    expect([passwordOf('sky'), passwordOf('robot')]).toEqual([canaries.first, canaries.held])

    add('2', canaries.second)
    const second = await bring(2, file('v2'), canaries.later, () => add('3', canaries.third))
    expect(second.applied.conclusion).toBe('success')
    expect([passwordOf('sky'), passwordOf('robot')]).toEqual([canaries.second, canaries.later])
    const reported = 'version 2 was reviewed and is used; 3 is newer.'
    expect(second.applied.summary).toContain(reported)
    expect(world.comments(2)[0]).toContain(reported)

    const generated = [...(secretState().get('staging-made')?.versions.values() ?? [])].map(
      ({ payload = '' }) => Buffer.from(payload, 'base64').toString(),
    )
    expect(generated).toHaveLength(1)
    const all = { ...canaries, made: generated[0] ?? '' }
    expect(escaped(all, { ...first.seen, ...second.seen, ...kept() })).toEqual([])
    for (const value of [canaries.held, encodeURIComponent(canaries.held)])
      expect([...first.applied.masks]).toContain(value)
  })

  test('a plan is not given the runner’s values, and says nothing of them', async () => {
    const { scenario } = world
    scenario.openPull({ branch: 'x', files: { [path]: file('v1') } })
    const inputs = { values: JSON.stringify({ LOGIN: canaries.held }) }
    const planned = await world.plan(scenario.pullEvent(1), { inputs })
    expect(planned.conclusion).toBe('success')
    expect(escaped(canaries, { ...seenOf('plan', planned), comments: world.comments(1).join('\n') })).toEqual(
      [],
    )
    const reads = world.cloud.requests.all.filter(({ path: to }) => to.includes(':access'))
    expect(reads).toEqual([])
  })

  test('the one that was reviewed and is disabled by then: the latest is used, and it is said', async () => {
    await bring(1, file('v1'), canaries.held)
    add('2', canaries.second)
    const { applied, seen } = await bring(2, `${file('v1')}# again\n`, canaries.held, () => {
      const version = secretState().get('brought')?.versions.get('2')
      if (version !== undefined) version.resource = { ...version.resource, state: 'DISABLED' }
    })
    expect([applied.conclusion, passwordOf('sky')]).toEqual(['success', canaries.first])
    expect(applied.summary).toContain('version 2 was reviewed and is no longer enabled; version 1 is used.')
    expect(escaped(canaries, { ...seen, ...kept() })).toEqual([])
  })

  test('a direct push that is refused, then approved, then fails half-way, shows none of them', async () => {
    const { scenario } = world
    const inputs = { values: JSON.stringify({ LOGIN: canaries.held }) }
    const pushed = await world.apply(scenario.push({ [path]: file('v1') }), { inputs })
    const [refused] = pushed.applies
    if (refused === undefined) throw new Error('nothing was refused')
    expect(refused.conclusion).toBe('failure')
    world.cloud.faults.add({
      match: ({ method, body }) =>
        method === 'sql.users.insert' && JSON.stringify(body ?? {}).includes('robot'),
      kind: 'operation-error',
      failure: { code: 'INTERNAL', message: `cannot set the password ${canaries.held}` },
    })
    const asked = { environment: 'staging', approve: refused.outputs.digest ?? '' }
    const approved = await world.apply(scenario.dispatch(asked), { inputs: { ...inputs, ...asked } })
    const [failed] = approved.applies
    if (failed === undefined) throw new Error('nothing was applied')
    expect([failed.conclusion, failed.summary.includes('cannot set the password')]).toEqual(['failure', true])
    const seen = { ...seenOf('refused', refused), ...seenOf('failed', failed), ...kept() }
    expect(escaped(canaries, seen)).toEqual([])
  })
})
