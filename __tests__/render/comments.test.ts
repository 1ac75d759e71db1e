import { describe, expect, test } from '@jest/globals'
import { planDigest } from '../../src/core/plan.ts'
import { readMarker } from '../../src/render/markdown/marker.ts'
import { renderOutcome } from '../../src/render/markdown/outcome.ts'
import { renderPlanComment, renderSummary } from '../../src/render/markdown/plan-comment.ts'
import { renderRefusal } from '../../src/render/markdown/refusal.ts'
import { bigRelease } from './big-release.ts'
import { change, line, origin, plan, step } from './fixtures.ts'
import { expectGolden } from './golden.ts'
import { faultsOf } from './markdown-check.ts'
import { prod } from './prod.ts'
import { failedResult, prodResult } from './results.ts'
import { adopting, removing } from './several.ts'
import { staging } from './staging.ts'

const urls = [origin.repositoryUrl, 'https://sky.acme.com']

const cases: readonly (readonly [string, string])[] = [
  ['create.md', renderPlanComment({ plans: [staging], failures: [], origin })],
  ['change.md', renderPlanComment({ plans: [prod], failures: [], origin })],
  ['big-release.md', renderPlanComment({ plans: [bigRelease], failures: [], origin })],
  [
    'dropped.md',
    renderPlanComment({
      plans: [],
      failures: [],
      dropped: [
        { environment: 'old', file: 'environments/old.yaml', addresses: ['cluster/old', 'sql-instance/old'] },
      ],
      origin,
    }),
  ],
  ['nothing.md', renderPlanComment({ plans: [plan('prod', { unchanged: 23 })], failures: [], origin })],
  [
    'several.md',
    renderPlanComment({
      plans: [staging, removing, adopting],
      failures: [
        {
          environment: 'dev',
          file: 'environments/dev.yaml',
          problems: [
            {
              message: 'loadBalanser: unknown key.',
              advice: 'Did you mean `loadBalancer`?',
              position: line(22, 'environments/dev.yaml'),
            },
          ],
        },
      ],
      pending: [
        plan('prod', {
          steps: [step('node-pool/gpu', 'update', {}, { changes: [change('autoscaling.max', 4, 8)] })],
        }),
      ],
      origin,
    }),
  ],
  [
    'applied.md',
    renderOutcome({
      environments: [
        {
          plan: { ...prod, problems: [] },
          result: prodResult,
          deploymentUrl: `${origin.repositoryUrl}/deployments`,
        },
      ],
      origin,
      actor: 'octocat',
      pullRequests: [42],
    }),
  ],
  [
    'failed.md',
    renderOutcome({
      environments: [{ plan: staging, result: failedResult }],
      untouched: [{ environment: 'dev', reason: 'Its GitHub environment does not exist.' }],
      origin,
    }),
  ],
  [
    'refusal.md',
    renderRefusal({
      plan: { ...prod, problems: [], steps: prod.steps.slice(1) },
      uncovered: [
        {
          address: 'node-pool/gpu',
          path: 'autoscaling.max',
          reason: 'it starts from another value than the one that was reviewed',
        },
      ],
      origin,
      workflow: 'apply.yml',
      branch: 'main',
    }),
  ],
]

describe('comments', () => {
  test.each(cases)('%s is as it was read and approved', (name, text) => {
    expectGolden(name, text)
    expect(faultsOf(text, urls, ['revert #42'])).toEqual([])
  })

  test('a short plan is the same in the job summary', () => {
    const input = { plans: [prod], failures: [], origin }
    expect(renderSummary(input)).toBe(renderPlanComment(input))
  })

  test('machines read the marker back', () => {
    const { run, sha256, head } = origin
    expect(readMarker(renderPlanComment({ plans: [prod], failures: [], origin }))).toEqual({
      run: run.id,
      attempt: run.attempt,
      sha256,
      head,
    })
    expect(readMarker(`text ${'<!-- slipway:plan {} -->'}`)).toBeUndefined()
    expect(readMarker('<!-- slipway:plan {"run":1} -->')).toBeUndefined()
  })

  test('a plan with problems cannot be approved, one without names its digest', () => {
    const refusal = { uncovered: [], origin, workflow: 'apply.yml', branch: 'main' }
    expect(renderRefusal({ ...refusal, plan: prod })).not.toContain('gh workflow run')
    const fresh = { ...prod, problems: [] }
    expect(renderRefusal({ ...refusal, plan: fresh })).toContain(`-f approve=${planDigest(fresh)}`)
  })
})
