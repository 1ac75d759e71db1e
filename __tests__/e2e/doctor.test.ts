import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { doGoogle } from '../../src/bootstrap/do-google.ts'
import { observeProject } from '../../src/bootstrap/observe-project.ts'
import { observeRepository } from '../../src/bootstrap/observe-repository.ts'
import { withBench } from '../../src/cli/context.ts'
import { bootstrapCommand, connected, readIdentities, wishesOf } from '../../src/cli/wishes.ts'
import type { JsonObject } from '../../src/emulator/json.ts'
import type { Binding, Policy, Project } from '../../src/emulator/store.ts'
import type { Finding } from '../../src/setup/finding.ts'
import { guardedEnvironments } from '../../src/setup/github-steps.ts'
import type { SeenRepository } from '../../src/setup/seen.ts'
import { findingsOf, stepsIn } from '../../src/setup/whole.ts'
import type { Wishes } from '../../src/setup/wishes.ts'
import type { ActionsSettings, Environment } from '../github/fake/state.ts'
import { openWorld, reviewer, sha, type World, workflow } from '../setup/world.ts'

jest.setTimeout(120_000)

let world: World
let wishes: Wishes
let repository: SeenRepository
beforeAll(async () => {
  world = await openWorld()
  await world.bootstrap({ run: true, reviewer: [reviewer] })
  const api = await connected(world.terminal())
  wishes = await wishesOf(world.terminal(), api, {})
  const environments = guardedEnvironments(wishes)
  repository = await observeRepository(api, { branch: 'main', environments, parseIdentities: readIdentities })
})
afterAll(() => world.close())

const project = (): Project => {
  const found = world.google.state.find('acme-ml')
  if (found === undefined) throw new Error('no project')
  return found
}
const email = (part: string): string => `slipway-${part}@acme-ml.iam.gserviceaccount.com`
const member = (part: string): string => `serviceAccount:${email(part)}`
const account = (part: string) => {
  const found = project().serviceAccounts.get(email(part))
  if (found === undefined) throw new Error(`no ${part}`)
  return found
}
const edited = (policy: Policy, edit: (bindings: readonly Binding[]) => readonly Binding[]): Policy => ({
  ...policy,
  bindings: edit(policy.bindings),
})
const give = (role: string, to: string) => () => {
  project().policy = edited(project().policy, all => [...all, { role, members: [to] }])
}
const take = (role: string) => () => {
  project().policy = edited(project().policy, all => all.filter(one => one.role !== role))
}
const granting = 'roles/resourcemanager.projectIamAdmin'
/** Puts another condition on what the applier may grant; none for undefined. */
const grantOnly = (expression: string | undefined) => () => {
  take(granting)()
  const condition = expression === undefined ? {} : { condition: { title: 'slipway-grants', expression } }
  project().policy = edited(project().policy, all => [
    ...all,
    { role: granting, members: [member('applier')], ...condition },
  ])
}
const allowing = (roles: string): string =>
  `api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([${roles}])`
const letAct =
  (part: string, who: string, role = 'roles/iam.workloadIdentityUser') =>
  () => {
    const one = account(part)
    one.policy = edited(one.policy, all => [...all, { role, members: [who] }])
  }
const pool = () => {
  const found = project().pools.get('slipway')
  if (found === undefined) throw new Error('no pool')
  return found
}
const changePool = (more: JsonObject) => () => {
  pool().resource = { ...pool().resource, ...more }
}
const changeProvider = (edit: (provider: JsonObject) => JsonObject) => () => {
  const before = pool().providers.get('github') ?? {}
  pool().providers.set('github', { ...before, ...edit(before) })
}
const condition = (from: string | RegExp, to: string) =>
  changeProvider(before => {
    const changed = String(before.attributeCondition).replace(from, to)
    if (changed === before.attributeCondition) throw new Error(`nothing changed in ${changed}`)
    return { attributeCondition: changed }
  })
const changeEnvironment = (name: string, more: Partial<Environment>) => () => {
  const { environments } = world.scenario.github.state
  const before = environments.get(name)
  if (before !== undefined) environments.set(name, { ...before, ...more })
}
const changeRuleset = (edit: (ruleset: JsonObject) => JsonObject) => () => {
  const { rulesets } = world.scenario.github.state
  for (const [id, one] of rulesets) rulesets.set(id, { ...one, ...edit(one as unknown as JsonObject) })
}
const allow = (more: Partial<ActionsSettings>) => () => {
  world.scenario.github.state.actions = { ...world.scenario.github.state.actions, ...more }
}
const wholePool =
  'principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/slipway/*'
const plans = wholePool.replace('*', 'attribute.slipway/plan')

/** What is broken, what doctor says of it, and what the mend begins with. */
interface Defect {
  readonly name: string
  readonly break: () => void
  readonly ids: readonly string[]
  readonly says?: string
}

/** Those at Google that bootstrap's steps mend. */
const atGoogle: readonly Defect[] = [
  {
    name: 'an API is off',
    break: () => project().services.delete('sts.googleapis.com'),
    ids: ['project/services'],
    says: 'sts.googleapis.com',
  },
  {
    name: 'the planner lacks a role',
    break: take('roles/cloudsql.viewer'),
    ids: ['planner/role-missing'],
    says: 'roles/cloudsql.viewer',
  },
  { name: 'the applier lacks a role', break: take('roles/cloudsql.admin'), ids: ['applier/role-missing'] },
  {
    name: 'the custom role is gone',
    break: () => project().roles.delete('slipwayConnect'),
    ids: ['planner/custom-role'],
  },
  {
    name: 'the custom role is deleted',
    break: () =>
      project().roles.set('slipwayConnect', { ...project().roles.get('slipwayConnect'), deleted: true }),
    ids: ['planner/custom-role'],
    says: 'is deleted',
  },
  {
    name: 'the custom role holds more',
    break: () =>
      project().roles.set('slipwayConnect', {
        ...project().roles.get('slipwayConnect'),
        includedPermissions: ['container.clusters.connect', 'container.secrets.get'],
      }),
    ids: ['planner/role-too-wide'],
    says: 'container.secrets.get',
  },
  {
    name: 'the applier may grant anything',
    break: grantOnly(undefined),
    ids: ['grants/unlimited'],
    says: 'may make anybody the owner',
  },
  { name: 'the applier may not grant', break: take(granting), ids: ['grants/missing'] },
  {
    name: 'a role of a file is not allowed',
    break: grantOnly(allowing("'roles/viewer'")),
    ids: ['grants/role-not-allowed'],
    says: 'roles/cloudsql.client',
  },
  {
    name: 'the applier may make owners',
    break: grantOnly(allowing("'roles/cloudsql.client', 'roles/viewer', 'roles/owner'")),
    ids: ['grants/role-too-wide'],
    says: 'roles/owner',
  },
  {
    name: 'a condition of somebody else',
    break: grantOnly('request.time < timestamp("2030-01-01T00:00:00Z")'),
    ids: ['grants/not-understood'],
  },
  {
    name: 'the pool is deleted',
    break: changePool({ state: 'DELETED' }),
    ids: ['pool/missing'],
    says: 'is deleted',
  },
  {
    name: 'the provider is deleted',
    break: changeProvider(() => ({ state: 'DELETED' })),
    ids: ['provider/missing'],
  },
  {
    name: 'the provider does not look at the branch',
    break: condition(/assertion\.ref == '[^']+' && /, ''),
    ids: ['provider/any-branch'],
    says: 'push a branch can apply',
  },
  {
    name: 'the provider takes branches that begin like the default one',
    break: condition("assertion.ref == 'refs/heads/main'", "assertion.ref.startsWith('refs/heads/main')"),
    ids: ['provider/any-branch'],
  },
  {
    name: 'the provider does not look at the event',
    break: condition(" && assertion.event_name in ['push', 'workflow_dispatch']", ''),
    ids: ['provider/any-event'],
  },
  {
    name: 'the provider does not look at the environment',
    break: condition(/ && assertion\.environment in \[[^\]]+\]/, ''),
    ids: ['provider/no-environment'],
  },
  {
    name: 'the provider does not look at the workflow',
    break: changeProvider(before => ({
      attributeCondition: String(before.attributeCondition).replace(
        /assertion\.job_workflow_ref in \[[^\]]+\]/,
        "assertion.ref == 'refs/heads/main'",
      ),
      attributeMapping: {
        'google.subject': 'assertion.sub',
        'attribute.slipway': "assertion.ref == 'refs/heads/main' ? 'apply' : 'plan'",
      },
    })),
    ids: ['provider/any-workflow'],
  },
  {
    name: 'the provider trusts other repositories of the owner',
    break: condition(/assertion\.repository_id == '[^']+' && /, ''),
    ids: ['provider/any-repository', 'provider/planner-any-repository'],
  },
  {
    name: 'the provider does not look at the owner',
    break: condition(/assertion\.repository_owner_id == '[^']+' && /, ''),
    ids: ['provider/any-owner'],
  },
  {
    name: 'the provider has no condition',
    break: changeProvider(() => ({ attributeCondition: '' })),
    ids: [
      ...['any-repository', 'any-owner', 'any-branch', 'any-event', 'no-environment'].map(
        one => `provider/${one}`,
      ),
      ...['planner-any-repository', 'planner-any-workflow', 'planner-any-event'].map(
        one => `provider/${one}`,
      ),
    ],
  },
  {
    name: 'the provider gives the planner to every workflow',
    break: condition(/ && assertion\.workflow_ref\.startsWith\('[^']+'\)/, ''),
    ids: ['provider/planner-any-workflow'],
  },
  {
    name: 'the provider lets another engine apply',
    break: condition(
      /job_workflow_ref in \['/g,
      "job_workflow_ref in ['evil/evil/.github/workflows/apply.yml@refs/heads/main', '",
    ),
    ids: ['provider/foreign-engine'],
    says: 'evil/evil',
  },
  {
    name: 'the provider refuses an environment',
    break: condition("'prod', 'staging'", "'staging'"),
    ids: ['provider/refuses-apply'],
    says: 'prod',
  },
  {
    name: 'the provider refuses merge queues',
    break: condition("'merge_group', ", ''),
    ids: ['provider/refuses-plan'],
  },
  {
    name: 'the provider trusts another issuer',
    break: changeProvider(() => ({ oidc: { issuerUri: 'https://evil.example' } })),
    ids: ['provider/issuer'],
  },
  {
    name: 'somebody uploaded keys',
    break: changeProvider(before => ({ oidc: { ...(before.oidc as JsonObject), jwksJson: '{"keys": []}' } })),
    ids: ['provider/own-keys'],
  },
  {
    name: 'the provider accepts tokens for others',
    break: changeProvider(before => ({
      oidc: { ...(before.oidc as JsonObject), allowedAudiences: ['sigstore'] },
    })),
    ids: ['provider/audiences'],
  },
  {
    name: 'the provider speaks in other words',
    break: condition(' && (', ' &&  ('),
    ids: ['provider/differs'],
  },
  {
    name: 'the provider speaks a language of its own',
    break: condition('assertion.ref ==', "assertion.ref.split('/')[2] =="),
    ids: ['provider/not-understood'],
  },
  {
    name: 'nobody may be the applier',
    break: () => {
      account('applier').policy = edited(account('applier').policy, () => [])
    },
    ids: ['applier/not-usable'],
  },
]

/** Those on GitHub. */
const atGitHub: readonly Defect[] = [
  {
    name: 'a variable is missing',
    break: () => world.scenario.github.state.variables.delete('SLIPWAY_PLANNER'),
    ids: ['repository/variable'],
    says: 'SLIPWAY_PLANNER is missing',
  },
  {
    name: 'a variable is another',
    break: () => world.scenario.github.state.variables.set('SLIPWAY_PLANNER', 'x'),
    ids: ['repository/variable'],
    says: 'another value',
  },
  {
    name: 'an environment lets every branch deploy',
    break: changeEnvironment('prod', { branchPolicy: null }),
    ids: ['environment/all-branches'],
    says: 'every branch',
  },
  {
    name: 'an environment lets protected branches deploy, of which there are none',
    break: changeEnvironment('prod', {
      branchPolicy: { protected_branches: true, custom_branch_policies: false },
    }),
    ids: ['environment/all-branches'],
    says: 'protects none',
  },
  {
    name: 'an environment does not let the default branch deploy',
    break: changeEnvironment('prod', { branches: [] }),
    ids: ['environment/branch-missing'],
  },
  {
    name: 'there is no ruleset',
    break: () => world.scenario.github.state.rulesets.clear(),
    ids: ['branch/pullRequest', 'branch/codeOwners', 'branch/check'],
  },
  {
    name: 'the ruleset is switched off',
    break: changeRuleset(() => ({ enforcement: 'disabled' })),
    ids: ['branch/pullRequest', 'branch/codeOwners', 'branch/check'],
  },
  {
    name: 'administrators bypass the ruleset',
    break: changeRuleset(() => ({
      bypassActors: [{ actor_type: 'RepositoryRole', actor_id: 5, bypass_mode: 'always' }],
    })),
    ids: ['branch/pullRequest-bypass', 'branch/codeOwners-bypass', 'branch/check-bypass'],
    says: 'administrators may bypass ruleset slipway',
  },
  {
    name: 'the check is not required',
    break: changeRuleset(({ rules }) => ({
      rules: (rules as readonly JsonObject[]).filter(({ type }) => type !== 'required_status_checks'),
    })),
    ids: ['branch/check'],
  },
]

const found = async (): Promise<readonly string[]> => (await world.doctor()).map(({ id }) => id)

/** Looks at the project only, in the way that doctor does, with the repository as it was at the start. */
const look = () =>
  withBench(world.terminal(), {}, async ({ bench }) => {
    const { gcp } = bench.applying('acme-ml')
    const seen = await observeProject(gcp, 'acme-ml')
    const findings = findingsOf(wishes, { projects: [seen], repository }, bootstrapCommand({}))
    const mend = async () => {
      for (const step of stepsIn(wishes, seen)) await doGoogle(gcp, step)
    }
    return { findings, steps: stepsIn(wishes, seen), mend }
  })

const expectFindings = (findings: readonly Finding[], { ids, says }: Defect): void => {
  expect(findings.map(({ id }) => id)).toEqual(ids)
  expect(findings.every(({ effect = '' }) => effect.length > 0)).toBe(true)
  if (says !== undefined) expect(JSON.stringify(findings)).toContain(says)
}

describe('doctor, and what bootstrap mends', () => {
  test.each(atGoogle)('$name', async defect => {
    defect.break()
    const { findings, mend } = await look()
    expectFindings(findings, defect)
    expect(new Set(findings.map(one => one.mend))).toEqual(new Set(['slipway bootstrap --run']))
    await mend()
    expect((await look()).findings).toEqual([])
  })

  test.each(atGitHub)('$name', async defect => {
    defect.break()
    const findings = await world.doctor()
    expectFindings(findings, defect)
    expect(new Set(findings.map(one => one.mend))).toEqual(new Set(['slipway bootstrap --run']))
    expect(await world.bootstrap({ run: true })).toBe(0)
    expect(await found()).toEqual([])
  })

  test('an account is gone, and what it held with it', async () => {
    project().serviceAccounts.delete(email('planner'))
    project().policy = edited(project().policy, all =>
      all.filter(({ members }) => !members.includes(member('planner'))),
    )
    const ids = await found()
    expect(ids[0]).toBe('planner/missing')
    expect(new Set(ids.slice(1))).toEqual(new Set(['planner/role-missing', 'planner/not-usable']))
    await world.bootstrap({ run: true })
    expect(await found()).toEqual([])
  })

  test('an environment is missing, or has no reviewers: bootstrap has to be told who they are', async () => {
    changeEnvironment('prod', { reviewers: [] })()
    world.scenario.github.state.environments.delete('staging')
    const findings = await world.doctor()
    expect(findings.map(({ id, mend }) => [id, mend])).toEqual([
      ['environment/no-reviewers', 'slipway bootstrap --run --reviewer USER'],
      ['environment/missing', 'slipway bootstrap --run --reviewer USER'],
    ])
    await expect(world.bootstrap({ run: true })).rejects.toThrow(
      'Nobody is named who approves what is applied to prod, staging.',
    )
    await world.bootstrap({ run: true, reviewer: [reviewer] })
    expect(await found()).toEqual([])
  })
})

/** A defect with the beginning of the command that mends it, and what that does. */
interface Other extends Defect {
  readonly mend: string
  readonly undo: () => void
}

/** Those that are somebody's on purpose, or were: doctor names the command, and bootstrap leaves them alone. */
const othersAtGoogle: readonly Other[] = [
  {
    name: 'the planner can read secrets',
    break: give('roles/secretmanager.secretAccessor', member('planner')),
    undo: take('roles/secretmanager.secretAccessor'),
    ids: ['planner/role-too-wide'],
    says: 'Whoever can push a branch may read the payload of every secret.',
    mend: 'gcloud projects remove-iam-policy-binding acme-ml \\\n  --member serviceAccount:slipway-planner@acme-ml.iam.gserviceaccount.com \\\n  --role roles/secretmanager.secretAccessor',
  },
  ...['roles/owner', 'roles/editor', 'roles/container.developer', 'roles/iam.serviceAccountTokenCreator'].map(
    role => ({
      name: `the planner has ${role}`,
      break: give(role, member('planner')),
      undo: take(role),
      ids: ['planner/role-too-wide'],
      says: role,
      mend: 'gcloud projects remove-iam-policy-binding acme-ml',
    }),
  ),
  {
    name: 'the applier is owner',
    break: give('roles/owner', member('applier')),
    undo: take('roles/owner'),
    ids: ['applier/role-too-wide'],
    says: 'Whoever can merge may change nearly everything',
    mend: 'gcloud projects remove-iam-policy-binding acme-ml',
  },
  {
    name: 'jobs hold a role directly',
    break: give('roles/viewer', plans),
    undo: take('roles/viewer'),
    ids: ['project/federated-role'],
    mend: 'gcloud projects remove-iam-policy-binding acme-ml',
  },
  ...[
    [wholePool, 'Every job that the pool lets in, plans of a branch too, can become the applier.'],
    [plans, 'Whoever can push a branch can become the applier.'],
    [wholePool.replace('slipway/*', 'other/attribute.repository/acme'), 'stands for can become the applier.'],
  ].map(([who = '', says = '']) => ({
    name: `${who} can be the applier`,
    break: letAct('applier', who),
    undo: () => {
      account('applier').policy = edited(account('applier').policy, all => all.slice(0, 1))
    },
    ids: ['applier/acting-too-wide'],
    says,
    mend: 'gcloud iam service-accounts remove-iam-policy-binding slipway-applier@acme-ml.iam.gserviceaccount.com',
  })),
  {
    name: 'a person can be the applier',
    break: letAct('applier', 'user:eve@acme.com', 'roles/iam.serviceAccountTokenCreator'),
    undo: () => {
      account('applier').policy = edited(account('applier').policy, all => all.slice(0, 1))
    },
    ids: ['applier/acting-too-wide'],
    says: 'user:eve@acme.com can become the applier from anywhere, without a review.',
    mend: 'gcloud iam service-accounts remove-iam-policy-binding slipway-applier@acme-ml.iam.gserviceaccount.com',
  },
  {
    name: 'the applier has a key',
    break: () =>
      account('applier').keys.set('abc', {
        name: `projects/acme-ml/serviceAccounts/${email('applier')}/keys/abc`,
      }),
    undo: () => account('applier').keys.clear(),
    ids: ['applier/key'],
    says: 'is the applier from anywhere',
    mend: 'gcloud iam service-accounts keys delete abc',
  },
  {
    name: 'the planner is disabled',
    break: () => {
      account('planner').resource = { ...account('planner').resource, disabled: true }
    },
    undo: () => {
      account('planner').resource = { ...account('planner').resource, disabled: false }
    },
    ids: ['planner/disabled'],
    mend: 'gcloud iam service-accounts enable slipway-planner@acme-ml.iam.gserviceaccount.com',
  },
  {
    name: 'the pool is disabled',
    break: changePool({ disabled: true }),
    undo: changePool({ disabled: false }),
    ids: ['pool/disabled'],
    mend: 'gcloud iam workload-identity-pools update slipway',
  },
  {
    name: 'the provider is disabled',
    break: changeProvider(() => ({ disabled: true })),
    undo: changeProvider(() => ({ disabled: false })),
    ids: ['provider/disabled'],
    mend: 'gcloud iam workload-identity-pools providers update-oidc github',
  },
  {
    name: 'the pool has another provider',
    break: () =>
      pool().providers.set('other', { name: `${pool().resource.name}/providers/other`, state: 'ACTIVE' }),
    undo: () => pool().providers.delete('other'),
    ids: ['pool/other-provider'],
    says: 'become the applier',
    mend: 'gcloud iam workload-identity-pools providers delete other',
  },
]

/** The same on GitHub. */
const othersOnGitHub: readonly Other[] = [
  {
    name: 'another branch may deploy',
    break: () =>
      changeEnvironment('prod', {
        branches: [...branches(), { id: 7, name: 'release/*', type: 'branch' }],
      })(),
    undo: () => changeEnvironment('prod', { branches: branches().filter(({ id }) => id !== 7) })(),
    ids: ['environment/other-branch'],
    says: 'release/*',
    mend: 'gh api --method DELETE repos/acme/infra/environments/prod/deployment-branch-policies/7',
  },
  {
    name: 'Actions are off',
    break: allow({ enabled: false }),
    undo: allow({ enabled: true }),
    ids: ['actions/disabled'],
    mend: 'gh api --method PUT repos/acme/infra/actions/permissions -F enabled=true',
  },
  {
    name: 'Actions of others are not allowed',
    break: allow({ allowed: 'selected', patterns: ['acme/*'] }),
    undo: allow({ allowed: 'all' }),
    ids: ['actions/not-allowed'],
    says: 'slipway-dev/slipway',
    mend: "-f 'patterns_allowed[]=acme/*'",
  },
  {
    name: 'nobody owns the environments',
    break: () => world.commit({ '.github/CODEOWNERS': '/.github/ @acme/platform\n' }),
    undo: () =>
      world.commit({ '.github/CODEOWNERS': '/.github/ @acme/platform\n/environments/ @acme/platform\n' }),
    ids: ['codeowners/missing'],
    says: 'nobody owns environments/',
    mend: "printf '%s\\n' '/.github/       @acme/platform' '/environments/  @acme/platform' >> .github/CODEOWNERS",
  },
  {
    name: 'there is no CODEOWNERS file',
    break: () => world.commit({ '.github/CODEOWNERS': null }),
    undo: () => world.commit({ '.github/CODEOWNERS': '* @acme/platform\n' }),
    ids: ['codeowners/missing'],
    says: 'nobody owns .github/ and environments/',
    mend: "printf '%s\\n'",
  },
  {
    name: 'an owner does not exist',
    break: () =>
      void world.scenario.github.state.codeownersErrors.push({
        line: 1,
        column: 3,
        kind: 'Unknown owner',
        source: '* @x',
        suggestion: null,
        message: 'Unknown owner on line 1',
        path: '.github/CODEOWNERS',
      }),
    undo: () => void world.scenario.github.state.codeownersErrors.splice(0),
    ids: ['codeowners/error'],
    says: 'Unknown owner',
    mend: '',
  },
]

const branches = () => world.scenario.github.state.environments.get('prod')?.branches ?? []

describe('doctor, and what people mend', () => {
  test.each(othersAtGoogle)('$name', async defect => {
    defect.break()
    const { findings, steps } = await look()
    expectFindings(findings, defect)
    expect(findings[0]?.mend ?? '').toContain(defect.mend)
    expect(steps).toEqual([])
    defect.undo()
    expect((await look()).findings).toEqual([])
  })

  test.each(othersOnGitHub)('$name', async defect => {
    defect.break()
    const findings = await world.doctor()
    expectFindings(findings, defect)
    expect(findings[0]?.mend ?? '').toContain(defect.mend)
    world.writes()
    expect(await world.bootstrap({ run: true })).toBe(0)
    expect(world.writes()).toEqual([])
    expect(world.said()).toContain('There is more that is wrong')
    defect.undo()
    expect(await found()).toEqual([])
  })
})

describe('notes', () => {
  test('an upgrade: the old engine stays until it is pruned', async () => {
    const next = 'f'.repeat(40)
    world.commit({ '.github/workflows/slipway.yml': workflow(next) })
    expect(await found()).toEqual(['provider/refuses-apply', 'provider/refuses-apply', 'provider/old-engine'])
    await world.bootstrap({ run: true })
    const notes = await world.doctor()
    expect(notes).toMatchObject([
      { level: 'note', id: 'provider/old-engine', mend: 'slipway bootstrap --run --prune' },
    ])
    expect(notes[0]?.what).toContain(sha)
    await world.bootstrap({ run: true, prune: true })
    expect(await found()).toEqual([])
    world.commit({ '.github/workflows/slipway.yml': workflow() })
    await world.bootstrap({ run: true, prune: true })
    expect(await found()).toEqual([])
  })

  test('a role that no file gives any more stays until it is pruned', async () => {
    grantOnly(allowing("'roles/cloudsql.client', 'roles/viewer', 'roles/logging.logWriter'"))()
    expect(await world.doctor()).toMatchObject([
      { level: 'note', id: 'grants/role-not-needed', mend: 'slipway bootstrap --run --prune' },
    ])
    await world.bootstrap({ run: true })
    expect(await found()).toEqual(['grants/role-not-needed'])
    await world.bootstrap({ run: true, prune: true })
    expect(await found()).toEqual([])
  })

  test('a tag can be moved; unprotected is said, and asks for no GitHub environments', async () => {
    world.commit({ '.github/workflows/slipway.yml': workflow('v0.1.0', '      unprotected: true\n') })
    world.scenario.github.state.environments.clear()
    await world.bootstrap({ run: true, prune: true })
    expect(await found()).toEqual(['workflow/movable', 'workflow/unprotected'])
    expect(world.scenario.github.state.environments.size).toBe(0)
    world.commit({ '.github/workflows/slipway.yml': workflow() })
    await world.bootstrap({ run: true, prune: true, reviewer: [reviewer] })
    expect(await found()).toEqual([])
  })

  test('workflows that may approve', async () => {
    const { state } = world.scenario.github
    state.actions = { ...state.actions, approves: true }
    expect(await world.doctor()).toMatchObject([{ level: 'note', id: 'actions/approves' }])
    state.actions = { ...state.actions, approves: false }
  })

  test('nothing of all this is outside GitHub’s description', () => {
    expect(world.scenario.github.violations).toEqual([])
  })
})
