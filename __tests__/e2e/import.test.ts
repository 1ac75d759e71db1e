import { tmpdir } from 'node:os'
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { takesOverOnly } from '../../src/cli/import.ts'
import { valueAt } from '../../src/core/json.ts'
import { isEmpty } from '../../src/core/plan.ts'
import { ask } from '../emulator/kubernetes/support.ts'
import {
  type Auth,
  clusterByGuide,
  clusterOf,
  databasePassword,
  googleByGuide,
  hash,
} from '../import/guide.ts'
import { runImport } from '../import/terminal.ts'
import { startCli } from '../support/child.ts'
import { pathWith, withHelm } from '../support/helm.ts'
import { mustBeDone } from '../support/kill.ts'
import { startWorld, type World } from '../support/world.ts'

/** With the real helm in it, on a busy machine. */
jest.setTimeout(300_000)

let world: World
afterEach(() => world.close())

/** The guide, done by hand. */
const followed = async (helm: string, auth: Auth) => {
  world = await startWorld({ kubernetes: true })
  const { cloud } = world
  if (cloud === undefined) throw new Error('this world has no clusters')
  await googleByGuide(cloud, auth)
  await clusterByGuide(cloud, helm, auth)
  return cloud
}

const secretIn = async (cloud: Awaited<ReturnType<typeof followed>>, name: string) =>
  (await ask(clusterOf(cloud), 'GET', `/api/v1/namespaces/skypilot/secrets/${name}`, { token: 'owner' })).code

const keep = (cloud: Awaited<ReturnType<typeof followed>>) =>
  ask(clusterOf(cloud), 'PATCH', '/api/v1/namespaces/skypilot/secrets/skypilot-basic-auth', {
    token: 'owner',
    type: 'application/merge-patch+json',
    body: { metadata: { annotations: { 'helm.sh/resource-policy': 'keep' } } },
  })

const guide = (helm: string) => {
  test.each(['iam', 'password'] as const)('%s: a short file takes it over as it is', async auth => {
    const cloud = await followed(helm, auth)
    const { code, out, said } = await runImport(world.environment, { repository: [cloud.charts] })
    for (const secret of [hash, databasePassword, hash.slice(9)]) expect(out + said).not.toContain(secret)
    expect(out).toMatch(/^app: skypilot$/m)
    expect(out).toContain('instance: cloud-sql-skypilot-instance')
    expect(out).toContain('serviceAccount: skypilot-cloud-sql-access')
    expect([code, said]).toEqual([
      0,
      expect.stringMatching(/Its plan takes \d things over and changes nothing else/),
    ])
    const plan = await world.plan(out)
    expect(takesOverOnly(plan)).toBe(true)
    mustBeDone(await world.apply(out, plan))
    expect(isEmpty(await world.plan(out))).toBe(true)
    expect(await secretIn(cloud, 'skypilot-basic-auth')).toBe(200)
  })

  test('the first change of the release is refused until the Secret with the login is kept', async () => {
    const cloud = await followed(helm, 'iam')
    const { out, said } = await runImport(world.environment, { repository: [cloud.charts] })
    expect(said).toContain('kubectl annotate secret skypilot-basic-auth')
    mustBeDone(await world.apply(out, await world.plan(out)))
    const kept = out.replace(/^ {4}storage: null\n/m, '')
    const plan = await world.plan(kept)
    expect(plan.steps.map(({ address }) => address)).toEqual(['release/skypilot'])
    const refused = await world.apply(kept, plan)
    expect(JSON.stringify(refused)).toContain('helm would delete the Secret skypilot-basic-auth')
    expect(await secretIn(cloud, 'skypilot-basic-auth')).toBe(200)
    await keep(cloud)
    mustBeDone(await world.apply(kept, await world.plan(kept)))
    expect(isEmpty(await world.plan(kept))).toBe(true)
    expect(await secretIn(cloud, 'skypilot-basic-auth')).toBe(200)
    const claim = await ask(
      clusterOf(cloud),
      'GET',
      '/api/v1/namespaces/skypilot/persistentvolumeclaims/skypilot-state',
      { token: 'owner' },
    )
    expect(valueAt(claim.body, ['metadata', 'annotations', 'helm.sh/resource-policy'])).toBe('keep')
  })

  test('the command itself: the file on the standard output, the rest beside it', async () => {
    const cloud = await followed(helm, 'iam')
    const args = [
      'import',
      'acme-ml',
      'sky',
      '--instance',
      'cloud-sql-skypilot-instance',
      '--repository',
      cloud.charts,
    ]
    const { code, stdout, stderr } = await startCli(tmpdir(), args, {
      ...world.environment,
      CLOUDSDK_AUTH_ACCESS_TOKEN: 'owner',
      HELM: helm,
      PATH: pathWith(helm),
    }).ended
    expect([code, stderr]).toEqual([0, expect.stringContaining('Its plan takes 5 things over')])
    expect(stdout).toMatch(
      /^# What is in project acme-ml, written by `slipway import acme-ml sky`\.\nname: sky\n/,
    )
  })

  test('whoever may not read helm’s Secrets is told so, and the release is left out', async () => {
    const cloud = await followed(helm, 'iam')
    const { code, out, said } = await runImport(
      world.environment,
      { repository: [cloud.charts] },
      { token: 'planner' },
    )
    expect(code).toBe(1)
    expect(said).toContain('container.secrets.list')
    expect(out).not.toContain('releases:')
    expect(out).toContain('name: cloud-sql-skypilot-instance')
    expect(said).toMatch(/Its plan takes \d things over and changes nothing else/)
  })
}

withHelm(
  'import of what the SkyPilot guide makes',
  helm => describe('what the SkyPilot guide makes', () => guide(helm)),
  name => test.skip(name, () => undefined),
)
