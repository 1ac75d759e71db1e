import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { apply } from '../../src/cli/apply.ts'
import type { Terminal } from '../../src/cli/context.ts'
import { plan } from '../../src/cli/plan.ts'
import type { Plan } from '../../src/core/plan.ts'
import { type Emulator, startEmulator } from '../../src/emulator/index.ts'
import { plainPalette } from '../../src/render/terminal/palette.ts'
import { addresses } from '../action/files.ts'
import { ALL } from '../github/client.ts'
import type { Permissions } from '../github/fake/permissions.ts'
import { type Scenario, startScenario } from '../github/scenario/scenario.ts'

const path = 'environments/staging.yaml'
const owner = { email: 'owner@example.com', token: 'owner', roles: ['roles/owner'] }
const blind = { email: 'blind@example.com', token: 'blind' }
const text = `project: acme-ml
location: us-central1
services: [cloudresourcemanager]
projectIam: [{role: roles/viewer, member: 'group:ml@acme.com'}]
`

let scenario: Scenario
let google: Emulator
let cwd: string
let said: string
let printed: string
const git = (...words: readonly string[]) => execFileSync('git', [...words], { cwd, stdio: 'pipe' })
beforeEach(async () => {
  ;[scenario, google, cwd] = await Promise.all([
    startScenario({ files: { [path]: text, '.gitignore': 'environments/secret.yaml\n' } }),
    startEmulator({ identities: [owner, blind] }),
    mkdtemp(join(tmpdir(), 'slipway-clone-')),
  ])
  google.seed().enable('serviceusage', 'cloudresourcemanager')
  said = ''
  printed = ''
  git('clone', '--quiet', join(scenario.dir, 'origin.git'), '.')
  git('remote', 'set-url', 'origin', 'https://github.com/acme/infra.git')
})
afterEach(async () => {
  await Promise.all([scenario.close(), google.close(), rm(cwd, { recursive: true, force: true })])
})

const say = (line: string): void => {
  said += line
}
/** The standard output alone, where it is looked at apart from the rest. */
const prints: Partial<Terminal> = {
  write: text => {
    printed += text
  },
}
const reports = (): unknown => JSON.parse(printed)

const terminal = (permissions: Permissions = ALL, more: Partial<Terminal> = {}): Terminal => ({
  env: {
    ...process.env,
    ...google.endpoints,
    CLOUDSDK_AUTH_ACCESS_TOKEN: 'owner',
    GITHUB_API_URL: scenario.github.apiUrl,
    GITHUB_TOKEN: scenario.github.token(permissions, 'alice'),
  },
  cwd,
  write: say,
  writeError: say,
  interactive: false,
  width: 100,
  palette: plainPalette,
  signal: new AbortController().signal,
  ask: async () => '',
  ...more,
})
const writes = () => google.requests.all.filter(({ method }) => method?.endsWith('setIamPolicy'))

describe('apply in a terminal', () => {
  test('applies the head of the default branch, and records it', async () => {
    expect(await apply(terminal(), [], { yes: true })).toBe(0)
    expect(writes()).toHaveLength(1)
    expect([...scenario.github.state.deployments.values()]).toMatchObject([{ sha: scenario.tip() }])
  })

  test('does nothing where nobody answers', async () => {
    expect(await apply(terminal(), [], {})).toBe(1)
    expect(said).toContain('`--yes`')
    expect(writes()).toEqual([])
  })

  test('refuses a clone that is behind, even if it does not know', async () => {
    scenario.push({ [path]: text.replace('viewer', 'editor') })
    await expect(apply(terminal(), [], { yes: true })).rejects.toThrow('main here is not what GitHub has')
    expect(writes()).toEqual([])
  })

  test('tells another answer from none', async () => {
    expect(await apply(terminal(ALL, { ask: async () => 'y' }), [], {})).toBe(1)
    expect(said).toContain('Nothing was applied: the answer that goes on is `staging`.')
    expect(said).not.toContain('--yes')
    expect(await apply(terminal(), [], {})).toBe(1)
    expect(said).toContain('Where nobody can answer, `--yes` applies without asking.')
    expect(writes()).toEqual([])
  })

  test('refuses a file that Git ignores', async () => {
    await writeFile(join(cwd, 'environments', 'secret.yaml'), text.replace('ml@', 'secret@'))
    const run = apply(terminal(), ['secret'], { yes: true })
    await expect(run).rejects.toThrow('environments/secret.yaml is not in Git')
    expect(writes()).toEqual([])
  })

  test('ends, its picture too, when the record cannot be written', async () => {
    const [opened, closed] = [jest.spyOn(globalThis, 'setInterval'), jest.spyOn(globalThis, 'clearInterval')]
    const reads = { ...ALL, deployments: 'read' } as const
    const run = apply(terminal(reads, { interactive: true }), [], { yes: true })
    await expect(run).rejects.toThrow(/GitHub: POST .*deployments: 403/)
    expect(writes()).toEqual([])
    const pictures = opened.mock.results.map(({ value }) => value)
    expect(pictures.length).toBeGreaterThan(0)
    expect(closed.mock.calls.map(([timer]) => timer)).toEqual(expect.arrayContaining(pictures))
    jest.restoreAllMocks()
  })

  test('asked to stop before its second look, it is not applied whole', async () => {
    const stopping = new AbortController()
    google.faults.add({
      match: ({ method }) => method?.endsWith('setIamPolicy') === true && stop(),
      kind: 'delay',
    })
    const stop = (): boolean => {
      stopping.abort()
      return true
    }
    expect(await apply(terminal(ALL, { signal: stopping.signal }), [], { yes: true })).toBe(130)
    expect(writes()).toHaveLength(1)
    const [record] = [...scenario.github.state.deployments.values()]
    expect(record?.statuses.map(({ state }) => state)).toEqual(['in_progress', 'failure'])
    expect(said).toContain('It was not looked at again: the run was asked to stop.')
  })
})

describe('apply where nothing is to be done', () => {
  const land = (file: string) => {
    scenario.push({ [path]: file })
    git('pull', '--quiet', join(scenario.dir, 'origin.git'), 'main')
  }
  const grants = (...roles: readonly string[]) =>
    text.replace(
      /\[\{.*/,
      `[${roles.map(role => `{role: roles/${role}, member: 'group:ml@acme.com'}`).join(', ')}]`,
    )
  /** Somebody gives these roles to the group by hand, and takes all others. */
  const byHand = (...roles: readonly string[]) => {
    const project = google.state.find('acme-ml')
    if (project === undefined) throw new Error('there is no project')
    const bindings = roles.map(role => ({ role: `roles/${role}`, members: ['group:ml@acme.com'] }))
    project.policy = { etag: 'x', bindings }
  }
  const records = () => [...scenario.github.state.deployments.values()]
  const planned = async () => {
    await plan(terminal(ALL, prints), ['staging'], { json: true })
    return (JSON.parse(printed) as Plan).steps.map(({ action, address }) => `${action} ${address}`)
  }

  test('records the file all the same, so that what it no longer names is not taken from whoever makes it next', async () => {
    land(grants('viewer', 'editor'))
    expect(await apply(terminal(), [], { yes: true })).toBe(0)
    byHand('viewer')
    land(grants('viewer'))
    expect(await apply(terminal(), [], {})).toBe(0)
    byHand('viewer', 'editor')
    land(grants('viewer', 'browser'))
    expect(await planned()).toEqual(['create grant/roles/browser:group:ml@acme.com@acme-ml'])
  })

  test('says so, asks nobody for that, and does it once', async () => {
    await apply(terminal(), [], { yes: true })
    land(`# The same.\n${text}`)
    said = ''
    expect(await apply(terminal(), [], {})).toBe(0)
    expect(said).toContain('staging   nothing to do: 2 resources as wanted.')
    expect(said).toContain(`Recorded: what ${scenario.tip().slice(0, 7)} says is what was applied last.`)
    expect(records().map(({ sha, statuses }) => [sha, statuses.at(-1)?.state])).toEqual([
      [expect.any(String), 'inactive'],
      [scenario.tip(), 'success'],
    ])
    said = ''
    expect(await apply(terminal(), [], {})).toBe(0)
    expect(said).not.toContain('Recorded')
    expect([records().length, writes().length]).toEqual([2, 1])
  })

  test('ends what a stopped apply began and nobody has looked at since', async () => {
    const stopping = new AbortController()
    google.faults.add({
      match: ({ method }) => {
        if (method?.endsWith('setIamPolicy') !== true) return false
        stopping.abort()
        return true
      },
      kind: 'delay',
    })
    await apply(terminal(ALL, { signal: stopping.signal }), [], { yes: true })
    expect(records().map(({ statuses }) => statuses.at(-1)?.state)).toEqual(['failure'])
    expect(await apply(terminal(), [], {})).toBe(0)
    expect(records().map(({ statuses }) => statuses.at(-1)?.state)).toEqual(['failure', 'success'])
    expect(writes()).toHaveLength(1)
  })

  test('writes no record with --unrecorded', async () => {
    await apply(terminal(), [], { yes: true })
    land(`# The same.\n${text}`)
    expect(await apply(terminal(), [], { unrecorded: true })).toBe(0)
    expect(records()).toHaveLength(1)
  })
})

describe('apply --json', () => {
  const json = { yes: true, json: true } as const
  const outcome = (address: string, ending: string) => expect.objectContaining({ address, ending })

  test('prints what became of each environment, and nothing else; people read the rest on standard error', async () => {
    expect(await apply(terminal(ALL, prints), [], json)).toBe(0)
    expect(reports()).toMatchObject([
      {
        format: 'slipway-applied/1',
        environment: 'staging',
        ended: 'done',
        plan: { format: 'slipway-plan/1', steps: [{ action: 'create' }] },
        result: { outcomes: [outcome('grant/roles/viewer:group:ml@acme.com@acme-ml', 'applied')], left: [] },
      },
    ])
    expect(said).toMatch(/✓ grant roles\/viewer → ml +created/)
    expect(said).toContain('1 step applied in')
  })

  test('prints one environment that is named without a list around it, and an empty result where nothing is to be done', async () => {
    await apply(terminal(), [], { yes: true })
    expect(await apply(terminal(ALL, prints), ['staging'], json)).toBe(0)
    expect(reports()).toMatchObject({
      ended: 'done',
      plan: { steps: [] },
      result: { outcomes: [], left: [] },
    })
  })

  test('says what failed and why, and exits with 1', async () => {
    google.seed().enable('compute')
    google.faults.add({
      match: ({ method }) => method === 'compute.addresses.insert',
      kind: 'operation-error',
      failure: { code: 'QUOTA_EXCEEDED', message: 'Quota IN_USE_ADDRESSES exceeded.' },
    })
    scenario.push({ [path]: addresses('web') })
    git('pull', '--quiet', join(scenario.dir, 'origin.git'), 'main')
    expect(await apply(terminal(ALL, prints), ['staging'], json)).toBe(1)
    expect(reports()).toMatchObject({
      ended: 'done',
      result: {
        outcomes: [{ ending: 'failed', problem: { message: expect.stringContaining('Quota IN_USE') } }],
      },
    })
  })

  test('says that nobody agreed, and that a plan stands in its own way', async () => {
    expect(await apply(terminal(ALL, prints), ['staging'], { json: true })).toBe(1)
    expect(reports()).toMatchObject({ ended: 'declined', plan: { steps: [{ action: 'create' }] } })
    printed = ''
    const one = terminal(ALL, prints)
    const env = { ...one.env, CLOUDSDK_AUTH_ACCESS_TOKEN: 'blind' }
    expect(await apply({ ...one, env }, ['staging'], json)).toBe(1)
    expect(reports()).toMatchObject({ ended: 'refused', uncovered: [], plan: { problems: [{}, {}] } })
    expect(writes()).toEqual([])
  })

  test('prints nothing where nothing came to an end, and else what did', async () => {
    const broken = terminal({ ...ALL, deployments: 'read' }, prints)
    await expect(apply(broken, [], json)).rejects.toThrow(/GitHub: POST .*deployments: 403/)
    expect(printed).toBe('')
    const second = text.replace('ml@', 'second@')
    scenario.push({ 'environments/zz.yaml': second })
    git('pull', '--quiet', join(scenario.dir, 'origin.git'), 'main')
    google.faults.add({
      match: ({ method }) => method?.endsWith('setIamPolicy') === true && forbidRecords(),
      kind: 'delay',
    })
    await expect(apply(terminal(ALL, prints), [], json)).rejects.toThrow(/deployments: 403/)
    expect(reports()).toMatchObject([{ environment: 'staging', ended: 'done' }])
  })

  /** From now on GitHub takes no new record. */
  const forbidRecords = (): boolean => {
    const answer = { status: 403, body: { message: 'Resource not accessible by integration' } }
    scenario.github.faults.add({ method: 'POST', path: /deployments$/, times: 9, answer })
    return true
  }
})
