import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { addresses, path } from '../../action/files.ts'
import { grants, startWorld, type World } from '../../action/world.ts'
import { refreshPull } from '../../github/scenario/pulls.ts'
import { bring, cloudOf, commentOn, endings } from './path.ts'

jest.setTimeout(300_000)

let world: World
beforeEach(async () => {
  world = await startWorld({ files: { 'README.md': 'Infra\n' } })
})
afterEach(async () => {
  expect(world.scenario.github.violations).toEqual([])
  await world.close()
})

const open = (text = addresses('web')) => {
  world.scenario.openPull({ branch: 'x', files: { [path]: text } })
  return world.scenario.pullEvent(1)
}
const foreign = (user: string, body: string) => {
  const { state } = world.scenario.github
  const id = state.nextId()
  const at = state.now()
  state.comments.set(id, { id, pull: 1, user, body, createdAt: at, updatedAt: at, minimized: null })
}

describe('the comment', () => {
  test('is found by marker and author among many, and others are let be', async () => {
    const event = open()
    foreign('mallory', '<!-- slipway:plan {} -->\nnot ours')
    await world.plan(event)
    for (let index = 0; index < 120; index++) foreign('bob', `remark ${index}`)
    foreign('github-actions[bot]', 'of another action')
    const moved = world.scenario.pushToPull(1, { [path]: addresses('web', 'api') })
    await world.plan(moved)
    const bodies = world.comments(1)
    expect(bodies).toHaveLength(123)
    expect(bodies.filter(body => body.includes('2 to create'))).toHaveLength(1)
    expect(bodies[0]).toContain('not ours')
  })

  test('is not written once the pull request has moved on', async () => {
    const event = open()
    world.scenario.github.faults.add({
      path: /\/deployments$/,
      meanwhile: () => void world.scenario.pushToPull(1, { [path]: addresses('web', 'api') }),
    })
    const planned = await world.plan(event)
    expect([planned.conclusion, world.comments(1)]).toEqual(['success', []])
    expect(planned.log).toContain('moved on')
  })

  test('that cannot be written fails the check, and says which permission is missing', async () => {
    const planned = await world.plan(open(), { permissions: { ...grants.plan, 'pull-requests': 'read' } })
    expect(planned.conclusion).toBe('failure')
    expect(planned.log).toContain('`pull-requests: write`')
    expect(planned.log).not.toMatch(/ at .*index\.js/)
  })
})

describe('what stands in the way', () => {
  test('no identity: says what the job needs', async () => {
    const { 'id-token': _, ...rest } = grants.plan
    const planned = await world.plan(open(), { permissions: rest })
    expect(planned.conclusion).toBe('failure')
    expect(planned.log).toContain('id-token: write')
  })

  test('a mistake in a file is an annotation on its line, and the comment says so', async () => {
    const planned = await world.plan(open(`${addresses('web')}adresses: {}\n`))
    expect(planned.conclusion).toBe('failure')
    expect(planned.annotations).toContainEqual(
      expect.objectContaining({ level: 'error', file: path, line: 6, col: 1 }),
    )
    expect(world.comments(1)[0]).toContain('Cannot be merged yet')
  })

  test('bad inputs, and events that mean nothing, are one sentence', async () => {
    const event = open()
    const cases = [
      [{ command: 'destroy' }, 'It is one of auto, plan'],
      [{ approve: 'abc' }, 'not the digest of a plan'],
      [{ values: '{"A": 1' }, 'JSON object of texts on one line'],
      [{ 'workload-identity-provider': 'pool' }, 'projects/NUMBER/'],
    ] as const
    for (const [inputs, text] of cases) {
      const result = await world.step(event, { permissions: grants.plan, inputs })
      expect([result.conclusion, result.log]).toEqual(['failure', expect.stringContaining(text)])
    }
    const nothing = await world.step(world.scenario.schedule(), { permissions: grants.plan })
    expect(nothing.log).toContain('Nothing is to be done on a schedule event')
  })
})

describe('without an identity', () => {
  test('a fork is validated, and asked to come from a branch', async () => {
    const { scenario } = world
    scenario.openPull({ branch: 'x', files: { [path]: addresses('web') }, fork: 'stranger' })
    const planned = await world.plan(scenario.pullEvent(1))
    expect([planned.conclusion, world.comments(1)]).toEqual(['failure', []])
    expect(planned.summary).toContain('1 of 1 environment files are valid.')
    expect(planned.summary).toContain('open it again from there')
    expect(world.cloud.requests.all).toEqual([])
    scenario.openPull({ branch: 'docs', files: { 'README.md': 'Typo\n' }, author: 'dependabot[bot]' })
    expect((await world.plan(scenario.pullEvent(2))).conclusion).toBe('success')
  })
})

describe('a pull request into another branch', () => {
  test('does not say that merging applies it; pointed at the default branch, it is what was reviewed', async () => {
    const { scenario } = world
    await bring(world, { [path]: addresses('old') })
    scenario.openPull({ branch: 'x', files: { [path]: addresses('old', 'web') } })
    await world.plan(scenario.pullEvent(2))
    scenario.openPull({ branch: 'y', base: 'x', files: { [path]: addresses('old', 'web', 'api') } })
    await world.plan(scenario.pullEvent(3))
    const said = commentOn(world, 3)
    expect(said).toContain('Once it is in `main`, exactly this is applied, in about')
    expect(said).toContain('### Plan for `staging`: 2 to create.')
    expect(said).not.toMatch(/merging applies|pending|next apply/i)
    await world.apply(scenario.merge(2, 'merge'))
    refreshPull(scenario.github.state, scenario.history, { ...scenario.pull(3), baseRef: 'main' })
    expect(endings(await world.apply(scenario.merge(3, 'squash')))).toEqual(['success'])
    expect(cloudOf(world).addresses).toEqual(['api', 'old', 'web'])
  })
})

describe('a file that nobody reads', () => {
  test('is named, where it lies in a folder of its own or ends otherwise', async () => {
    const files = { 'environments/eu/prod.yaml': addresses('web'), 'environments/PROD.YML': addresses('api') }
    world.scenario.openPull({ branch: 'x', files: { ...files, 'environments/README.md': 'Ours\n' } })
    const planned = await world.plan(world.scenario.pullEvent(1))
    const warnings = planned.annotations.filter(({ level }) => level === 'warning')
    expect([planned.conclusion, warnings.map(({ message }) => message.split(' is not read: ')[0])]).toEqual([
      'success',
      ['environments/PROD.YML', 'environments/eu/prod.yaml'],
    ])
  })
})

describe('by hand', () => {
  test('a pull request is planned as it would merge now, and what was reviewed stays', async () => {
    await world.plan(open())
    const before = world.comments(1)
    const result = await world.step(world.scenario.dispatch({ pull: '1' }), {
      permissions: grants.plan,
      inputs: { pull: '1' },
    })
    expect([result.conclusion, world.comments(1)]).toEqual(['success', before])
    expect(result.summary).toContain('1 to create')
  })
})

describe('identities', () => {
  test('come from the base commit, and a mistake in what would be merged is shown', async () => {
    const file = '.github/slipway.yaml'
    const event = open()
    const ok = await world.plan(event, {
      inputs: { 'workload-identity-provider': '' },
      env: { CLOUDSDK_AUTH_ACCESS_TOKEN: 'owner' },
    })
    expect(ok.conclusion).toBe('success')
    const bad = world.scenario.pushToPull(1, { [file]: 'projects:\n  acme-ml: {provider: pool}\n' })
    const result = await world.plan(bad)
    expect(result.annotations).toContainEqual(expect.objectContaining({ file, line: 2 }))
  })
})

describe('secrets', () => {
  test('of `values` are nowhere, with debug logging on', async () => {
    const { scenario } = world
    const event = open()
    const canary = 'cAnary"7/+ü s3cret'
    const values = JSON.stringify({ LOGIN: canary, OTHER: 'second-canary-91' })
    const options = { inputs: { values }, env: { RUNNER_DEBUG: '1' } }
    const planned = await world.plan(event, options)
    const { select, applies, report } = await world.apply(scenario.merge(1, 'squash'), options)
    const steps = [planned, select, ...applies, ...(report === undefined ? [] : [report])]
    const artifacts = steps.flatMap(({ outputs }) =>
      ['plan-path', 'report-path'].flatMap(name =>
        outputs[name] === undefined ? [] : [readFileSync(outputs[name], 'utf8')],
      ),
    )
    const told = [
      ...steps.flatMap(({ raw, log, summary, outputs, annotations }) => [
        raw.replaceAll(/^::add-mask::.*$/gm, ''),
        log,
        summary,
        JSON.stringify([outputs, annotations]),
      ]),
      ...world.comments(1),
      ...artifacts,
    ].join('\n')
    const forms = [
      canary,
      encodeURIComponent(canary),
      Buffer.from(canary).toString('hex'),
      JSON.stringify(canary).slice(1, -1),
      'second-canary-91',
    ]
    for (const form of forms) {
      expect(told).not.toContain(form)
      expect([...planned.masks]).toContain(form)
    }
    for (const { job } of steps) expect(told).not.toContain(job.token)
  })
})

describe('stopping', () => {
  test('a run that is cancelled ends in time, and the next one picks up', async () => {
    const { scenario } = world
    await world.plan(open())
    const event = scenario.merge(1, 'squash')
    world.cloud.faults.add({ match: { method: 'POST', path: /addresses/ }, kind: 'delay', delay: 1_000 })
    const stopped = await world.apply(event, {
      during: async step => {
        await step.saw(/address\/web {2}begins/)
        step.cancel()
      },
    })
    expect(stopped.applies[0]).toMatchObject({ conclusion: 'cancelled', signal: null })
    expect(stopped.applies[0]?.log).toContain('Stopping: 1 operation goes on at Google')
    const again = await world.apply(event)
    expect(again.applies.map(({ conclusion }) => conclusion)).toEqual(['success'])
  })
})
