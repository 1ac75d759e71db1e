import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { bootstrap } from '../../src/cli/bootstrap.ts'
import { doctor } from '../../src/cli/doctor.ts'
import { applyClaims, type Claims, planClaims } from '../../src/setup/probes.ts'
import {
  environment,
  oneProject,
  openWorld,
  reviewer,
  sha,
  type World,
  type WorldOptions,
} from '../setup/world.ts'

jest.setTimeout(120_000)

let world: World
const open = async (options: WorldOptions = {}): Promise<void> => {
  world = await openWorld(options)
}
afterEach(() => world.close())

const ids = async (): Promise<readonly string[]> => (await world.doctor()).map(({ id }) => id)

describe('bootstrap --run that is stopped', () => {
  test('after each of its steps, and run again', async () => {
    await open()
    const progress: string[] = []
    for (let run = 0; run < 40; run++) {
      const stop = new AbortController()
      let steps = 0
      const terminal = world.terminal({
        signal: stop.signal,
        writeError: text => {
          progress.push(text)
          steps += 1
          if (steps === 2) stop.abort()
        },
      })
      const ended = await bootstrap(terminal, { run: true, reviewer: [reviewer] }).catch(() => undefined)
      if (ended === 0 && !stop.signal.aborted) break
    }
    expect(await ids()).toEqual([])
    expect(new Set(progress).size).toBeGreaterThan(10)
  })

  test('by answers that are lost after the work is done, on every kind of write', async () => {
    await open()
    const writes = [
      /services:batchEnable$/,
      /serviceAccounts$/,
      /roles$/,
      /projects\/acme-ml:setIamPolicy$/,
      /workloadIdentityPools$/,
      /providers$/,
      /serviceAccounts\/[^/]+:setIamPolicy$/,
    ]
    for (const path of writes)
      world.google.faults.add({ match: { method: 'POST', path }, kind: 'reset-after-success' })
    world.scenario.github.faults.add({
      method: 'PUT',
      path: /environments\/prod$/,
      when: 'after',
      answer: 'reset',
    })
    expect(await world.bootstrap({ run: true, reviewer: [reviewer] })).toBe(0)
    expect(world.google.faults.spent).toBe(true)
    expect(await ids()).toEqual([])
  })

  test('by an account that IAM shows only now and then, and by somebody who writes the same policy', async () => {
    await open({ iamUnsettledReads: 4 })
    const project = world.google.state.find('acme-ml')
    let raced = false
    world.google.faults.add({
      match: ({ path, httpMethod }) => {
        if (
          !raced &&
          httpMethod === 'POST' &&
          path.endsWith('acme-ml:setIamPolicy') &&
          project !== undefined
        ) {
          raced = true
          project.policy = {
            bindings: [{ role: 'roles/viewer', members: ['user:bob@acme.com'] }],
            etag: 'AAAA',
          }
        }
        return false
      },
      kind: 500,
    })
    expect(await world.bootstrap({ run: true, reviewer: [reviewer] })).toBe(0)
    expect(raced).toBe(true)
    expect(project?.policy.bindings).toContainEqual({ role: 'roles/viewer', members: ['user:bob@acme.com'] })
    expect(await ids()).toEqual([])
  })
})

describe('what may not be read', () => {
  test('is said, and is not fine', async () => {
    await open()
    await world.bootstrap({ run: true, reviewer: [reviewer] })
    const { state } = world.google
    world.google.identities.add({
      email: 'eve@acme.com',
      token: 'eve',
      permissions: ['resourcemanager.projects.get', 'iam.workloadIdentityPools.get'],
    })
    expect(state.all).toHaveLength(1)
    const terminal = world.terminal()
    let said = ''
    const eve = world.terminal({
      env: {
        ...terminal.env,
        CLOUDSDK_AUTH_ACCESS_TOKEN: 'eve',
        GITHUB_TOKEN: world.scenario.github.token({ contents: 'read', actions: 'read' }, 'eve'),
      },
      write: text => {
        said += text
      },
    })
    world.writes()
    expect(await doctor(eve, {})).toBe(1)
    expect(said.match(/not checked: .*/g)).toEqual([
      'not checked: which APIs are on: missing permission serviceusage.services.list',
      'not checked: who has which role on the project: missing permission resourcemanager.projects.getIamPolicy',
      'not checked: the custom role slipwayConnect: missing permission iam.roles.get',
      ...['planner', 'applier'].flatMap(part => [
        `not checked: slipway-${part}@acme-ml.iam.gserviceaccount.com: missing permission iam.serviceAccounts.get`,
        `not checked: keys of slipway-${part}@acme-ml.iam.gserviceaccount.com: missing permission iam.serviceAccountKeys.list`,
        `not checked: who may act as slipway-${part}@acme-ml.iam.gserviceaccount.com: missing permission iam.serviceAccounts.getIamPolicy`,
      ]),
      'not checked: its providers: missing permission iam.workloadIdentityPoolProviders.list',
      'not checked: Actions variables: missing permission variables: read',
      'not checked: branch protection of the default branch: missing permission administration: read',
      'not checked: what Actions may run: missing permission administration: read',
      'not checked: who may bypass ruleset slipway: missing permission administration: write',
    ])
    expect(said).toContain('acme/infra, acme-ml: 14 could not be checked.')
    said = ''
    expect(await bootstrap(eve, { run: true })).toBe(1)
    expect(said).toContain('nothing to do in what could be looked at')
    expect(said).toContain('# Not checked: acme-ml: its providers')
    expect(world.writes()).toEqual([])
  })
})

describe('a job signs in', () => {
  const exchange = async (claims: Claims, part: string): Promise<readonly number[]> => {
    const send = async (path: string, body: object, token = '') => {
      const response = await fetch(`${world.google.url}/${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return { status: response.status, body: (await response.json()) as { readonly access_token?: string } }
    }
    const provider = world.scenario.github.state.variables.get('SLIPWAY_PROVIDER')
    const federated = await send('sts/v1/token', {
      grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
      audience: `//iam.googleapis.com/${provider}`,
      requestedTokenType: 'urn:ietf:params:oauth:token-type:access_token',
      subjectTokenType: 'urn:ietf:params:oauth:token-type:jwt',
      subjectToken: `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`,
    })
    if (federated.status !== 200) return [federated.status]
    const email = `slipway-${part}@acme-ml.iam.gserviceaccount.com`
    const minted = await send(
      `iamcredentials/v1/projects/-/serviceAccounts/${email}:generateAccessToken`,
      { scope: ['https://www.googleapis.com/auth/cloud-platform'] },
      federated.body.access_token,
    )
    return [federated.status, minted.status]
  }

  test('as the one that it is, and as no other', async () => {
    await open()
    await world.bootstrap({ run: true, reviewer: [reviewer] })
    const { id, ownerId, owner, name } = world.scenario.github.state.repository
    const trust = {
      ...{
        repository: `${owner}/${name}`,
        repositoryId: String(id),
        ownerId: String(ownerId),
        branch: 'main',
      },
      engines: [`slipway-dev/slipway/.github/workflows/apply.yml@${sha}`],
      environments: ['prod', 'staging'],
    }
    const [apply, plan] = [applyClaims(trust, 'prod'), planClaims(trust)]
    expect(await exchange(apply, 'applier')).toEqual([200, 200])
    expect(await exchange(apply, 'planner')).toEqual([200, 403])
    expect(await exchange(plan, 'planner')).toEqual([200, 200])
    expect(await exchange(plan, 'applier')).toEqual([200, 403])
    expect(await exchange({ ...apply, ref: 'refs/heads/evil' }, 'applier')).toEqual([400])
    expect(await exchange({ ...apply, environment: 'other' }, 'applier')).toEqual([400])
    expect(await exchange({ ...plan, environment: 'prod' }, 'applier')).toEqual([200, 403])
  })
})

describe('what stands in the way', () => {
  test('no token, no remote, no workflow, no environments, a broken file', async () => {
    await open({ files: { 'environments/prod.yaml': environment('acme-ml') } })
    const { env } = world.terminal()
    const tokenless = world.terminal({ env: { ...env, GITHUB_TOKEN: '', GH_TOKEN: '' } })
    await expect(doctor(tokenless, {})).rejects.toThrow(
      'There is no token to ask GitHub about acme/infra with.',
    )
    await expect(doctor(world.terminal({ cwd: '/' }), {})).rejects.toThrow('is no repository on GitHub')
    await expect(world.bootstrap()).rejects.toThrow("does not call Slipway's apply workflow")
    expect((await world.doctor()).map(({ id }) => id)).toContain('workflow/missing')
    expect(await world.bootstrap({ engine: 'v0.2.0', reviewer: ['alice'] })).toBe(0)
    expect(world.said()).toContain('slipway-dev/slipway/.github/workflows/apply.yml@refs/tags/v0.2.0')
    await expect(world.bootstrap({ engine: 'v0.2.0', reviewer: ['nobody'] })).rejects.toThrow('404')
    world.commit({ 'environments/prod.yaml': 'projct: x\n' })
    await expect(world.doctor()).rejects.toThrow('projct')
    world.commit({ 'environments/prod.yaml': null })
    await expect(world.doctor()).rejects.toThrow('There is no folder environments/')
    expect(await world.bootstrap({ engine: sha, project: ['acme-ml'], run: true })).toBe(0)
    expect(world.said()).toContain('nothing to do')
    expect(world.writes().length).toBeGreaterThan(10)
  })

  test('a token that may not write: what it needs is said, and no token is', async () => {
    await open({
      permissions: { contents: 'read', actions: 'read', variables: 'write', administration: 'read' },
    })
    const failed = await world.bootstrap({ run: true, reviewer: [reviewer] }).then(
      () => undefined,
      error => error as Error & { readonly advice?: string },
    )
    expect(failed?.advice).toContain('The token needs administration: write')
    const everything = `${world.said()}${failed?.message}${failed?.advice}${failed?.stack}`
    expect(everything).not.toMatch(/ghs_|ya29|Bearer/)
    expect(everything).not.toContain(world.terminal().env.GITHUB_TOKEN)
  })

  test('an organization that has its own branch protection needs no ruleset', async () => {
    await open({ files: oneProject })
    const { state } = world.scenario.github
    state.protections.set('main', {
      url: 'https://api.github.com/x',
      enforce_admins: { url: 'https://api.github.com/x', enabled: true },
      required_status_checks: {
        ...{ url: 'https://api.github.com/x', strict: true, contexts: ['plan / slipway'] },
        ...{
          checks: [{ context: 'plan / slipway', app_id: 15368 }],
          contexts_url: 'https://api.github.com/x',
        },
      },
      required_pull_request_reviews: {
        ...{ url: 'https://api.github.com/x', dismiss_stale_reviews: true, require_code_owner_reviews: true },
        ...{ required_approving_review_count: 1, require_last_push_approval: false },
      },
    })
    const limited = { protected_branches: true, custom_branch_policies: false }
    for (const name of ['prod', 'staging'])
      world.scenario.github.protect(name, { reviewers: ['alice'], branchPolicy: limited })
    await world.bootstrap({ run: true })
    expect(state.rulesets.size).toBe(0)
    expect(state.environments.get('prod')).toMatchObject({ branchPolicy: limited, reviewers: ['alice'] })
    expect(await ids()).toEqual([])
    state.protections.set('main', {
      ...state.protections.get('main'),
      enforce_admins: { url: 'https://api.github.com/x', enabled: false },
    })
    expect(await ids()).toEqual([
      'branch/pullRequest-bypass',
      'branch/codeOwners-bypass',
      'branch/check-bypass',
    ])
    await world.bootstrap({ run: true })
    expect(await ids()).toEqual([])
    expect(world.scenario.github.violations).toEqual([])
  })
})
