import { describe, expect, test } from '@jest/globals'
import { attributesOf } from '../../src/core/cel/index.ts'
import { applyClaims, type Claims, planClaims, weaknessesOf } from '../../src/setup/probes.ts'
import { conditionOf, enginesIn, environmentsIn, mappingOf, type Trust } from '../../src/setup/trust.ts'
import { engine } from './wishes.ts'

const trust: Trust = {
  repository: 'acme/platform',
  repositoryId: '700001',
  ownerId: '4242',
  branch: 'main',
  engines: [engine],
  environments: ['prod', 'staging'],
}
const provider = { condition: conditionOf(trust), mapping: mappingOf(trust) }
const apply = applyClaims(trust, 'prod')
const plan = planClaims(trust)
const without = (name: string, claims: Claims): Claims =>
  Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name))

/** Whom a token becomes by the provider that bootstrap writes. */
const cases: readonly (readonly [what: string, claims: Claims, becomes: 'apply' | 'plan' | undefined])[] = [
  ['the job that applies prod', apply, 'apply'],
  ['the job that applies staging', { ...apply, environment: 'staging' }, 'apply'],
  ['the same, dispatched', { ...apply, event_name: 'workflow_dispatch' }, 'apply'],
  ['the same on another branch', { ...apply, ref: 'refs/heads/evil' }, undefined],
  ['the same on a branch that begins like it', { ...apply, ref: 'refs/heads/main-2' }, undefined],
  ['the same on a tag', { ...apply, ref: 'refs/tags/main' }, undefined],
  [
    'the same in a pull request',
    { ...apply, event_name: 'pull_request', ref: 'refs/pull/1/merge' },
    undefined,
  ],
  ['the same on a comment', { ...apply, event_name: 'issue_comment' }, undefined],
  ['the same on a schedule', { ...apply, event_name: 'schedule' }, undefined],
  ['the same in another environment', { ...apply, environment: 'playground' }, undefined],
  ['the same in no environment, as select runs', without('environment', apply), undefined],
  ['the engine at another commit', { ...apply, job_workflow_ref: engine.replace('0123', 'ffff') }, undefined],
  ['the engine of a fork', { ...apply, job_workflow_ref: engine.replace('slipway-dev', 'evil') }, undefined],
  ['another repository', { ...apply, repository_id: '1' }, undefined],
  ['the repository after a transfer', { ...apply, repository_owner_id: '1' }, undefined],
  ['the job that plans a pull request', plan, 'plan'],
  ['the job that plans a merge group', { ...plan, event_name: 'merge_group' }, 'plan'],
  ['the job that plans by hand', { ...plan, event_name: 'workflow_dispatch' }, 'plan'],
  ['it names an environment: no more than the planner', { ...plan, environment: 'prod' }, 'plan'],
  ['a push to a branch', { ...plan, event_name: 'push' }, undefined],
  [
    'another workflow of the repository',
    { ...plan, workflow_ref: 'acme/platform/.github/workflows/ci.yml@refs/pull/1/merge' },
    undefined,
  ],
  [
    'a file whose name begins like it',
    { ...plan, workflow_ref: 'acme/platform/.github/workflows/slipway.yml.yml@refs/pull/1/merge' },
    undefined,
  ],
  ['a plan of another repository', { ...plan, repository_id: '1' }, undefined],
]

describe('the provider', () => {
  test.each(cases)('%s', (_, claims, becomes) => {
    expect(attributesOf(provider, claims)?.['attribute.slipway']).toBe(becomes)
  })

  test('as text', () => {
    expect(provider).toEqual({
      condition: `assertion.repository_id == '700001' && assertion.repository_owner_id == '4242' && (assertion.job_workflow_ref in ['${engine}'] ? assertion.ref == 'refs/heads/main' && assertion.event_name in ['push', 'workflow_dispatch'] && assertion.environment in ['prod', 'staging'] : assertion.event_name in ['pull_request', 'merge_group', 'workflow_dispatch'] && assertion.workflow_ref.startsWith('acme/platform/.github/workflows/slipway.yml@'))`,
      mapping: {
        'google.subject': "assertion.repository_id + ':' + assertion.run_id",
        'attribute.slipway': `assertion.job_workflow_ref in ['${engine}'] ? 'apply' : 'plan'`,
      },
    })
  })

  test.each<readonly [string, string, string, readonly string[]]>([
    [
      'a second repository',
      "repository_id == '700001'",
      "repository_id in ['700001', '999']",
      ['any-repository', 'planner-any-repository'],
    ],
    [
      'a second branch',
      "ref == 'refs/heads/main'",
      "ref in ['refs/heads/main', 'refs/heads/release']",
      ['any-branch'],
    ],
    ['branches by a prefix', "ref == 'refs/heads/main'", "ref.startsWith('refs/heads/m')", ['any-branch']],
    [
      'a second event',
      "['push', 'workflow_dispatch']",
      "['push', 'workflow_dispatch', 'deployment']",
      ['any-event'],
    ],
    [
      'environments by a prefix',
      "assertion.environment in ['prod', 'staging']",
      "assertion.environment.startsWith('')",
      ['no-environment'],
    ],
  ])('%s, where a condition lets it in, is found by what it says', (_, from, to, ids) => {
    const wider = { ...provider, condition: provider.condition.replace(from, to) }
    expect(wider.condition).not.toBe(provider.condition)
    expect(weaknessesOf(wider, trust).map(({ id }) => id)).toEqual(ids.map(id => `provider/${id}`))
  })

  test('two engines, during an upgrade', () => {
    const both = { ...trust, engines: [engine, engine.replace('0123', 'ffff')] }
    const wider = { condition: conditionOf(both), mapping: mappingOf(both) }
    for (const one of both.engines)
      expect(attributesOf(wider, { ...apply, job_workflow_ref: one })?.['attribute.slipway']).toBe('apply')
    expect(enginesIn(wider.condition)).toEqual(both.engines)
    expect(environmentsIn(wider.condition)).toEqual(['prod', 'staging'])
    expect(weaknessesOf(wider, both)).toEqual([])
    expect(weaknessesOf(provider, both).map(({ id }) => id)).toEqual([
      'provider/refuses-apply',
      'provider/refuses-apply',
    ])
  })

  test('texts with quotes do not break out of the condition', () => {
    const odd = { ...trust, branch: "a' || true || 'b" }
    const made = { condition: conditionOf(odd), mapping: mappingOf(odd) }
    expect(attributesOf(made, apply)).toBeUndefined()
    expect(attributesOf(made, { ...apply, ref: `refs/heads/${odd.branch}` })?.['attribute.slipway']).toBe(
      'apply',
    )
    expect(weaknessesOf(made, odd)).toEqual([])
  })

  test('the condition that was once written by hand is as narrow, and its engine is kept', () => {
    const hand = `assertion.repository_id == '700001' && assertion.repository_owner_id == '4242' && ( (assertion.job_workflow_ref == '${engine}' && assertion.ref == 'refs/heads/main' && assertion.event_name in ['push', 'workflow_dispatch'] && assertion.environment in ['staging', 'prod']) || (assertion.job_workflow_ref != '${engine}' && assertion.event_name in ['pull_request', 'merge_group', 'workflow_dispatch'] && assertion.workflow_ref.startsWith('acme/platform/.github/workflows/slipway.yml@')) )`
    const mapping = {
      'google.subject': 'assertion.sub',
      'attribute.slipway': `assertion.job_workflow_ref == '${engine}' ? 'apply' : 'plan'`,
    }
    expect(weaknessesOf({ condition: hand, mapping }, trust)).toEqual([])
    expect(enginesIn(hand)).toEqual([engine])
    expect(environmentsIn(hand)).toEqual(['staging', 'prod'])
  })
})
