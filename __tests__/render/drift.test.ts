import { describe, expect, test } from '@jest/globals'
import type { Change } from '../../src/core/change.ts'
import { renderPlanComment } from '../../src/render/markdown/plan-comment.ts'
import { plainPalette } from '../../src/render/terminal/palette.ts'
import { planLines } from '../../src/render/terminal/plan.ts'
import { change, origin, plan, step } from './fixtures.ts'

const service = { apiVersion: 'v1', spec: { type: 'ClusterIP', selector: { app: 'web' } } }
const inside = (object: string, path: readonly string[], rest: Partial<Change>): Change => ({
  path: ['objects', object, ...path],
  effect: 'in-place',
  cause: 'drift',
  ...rest,
})
const drifted = plan('web', {
  steps: [
    step(
      'release/web',
      'update',
      {
        namespace: 'web',
        objects: {
          'ConfigMap/web/config': {},
          'Service/web/api': service,
          'Deployment/web/api': {},
          other: {},
        },
      },
      {
        changes: [
          inside('Deployment/web/api', ['spec', 'replicas'], { from: 1, to: 2, cause: 'file' }),
          inside('ConfigMap/web/config', ['data', 'key'], { from: 'edited', to: 'ours' }),
          inside('Service/web/api', [], { to: service }),
          inside('Service/web/old', [], { from: service, effect: 'remove' }),
        ],
      },
    ),
  ],
})

test.each([
  ['the comment', renderPlanComment({ plans: [drifted], failures: [], origin })],
  ['the terminal', planLines(drifted, 120, plainPalette).join('\n')],
])(
  '%s says of an object that somebody deleted or made that it is not there, or there, not what is in it',
  (_, text) => {
    expect(text).toMatch(/- *Service\/web\/api +not there +\(live\)/)
    expect(text).toMatch(/\+ *Service\/web\/api +made again +\(wanted\)/)
    expect(text).toMatch(/- *Service\/web\/old +there +\(live\)/)
    expect(text).toMatch(/\+ *Service\/web\/old +removed +\(wanted\)/)
    expect(text).not.toContain('ClusterIP')
    expect(text).toMatch(/- *ConfigMap\/web\/config\.data\.key +edited +\(live\)/)
  },
)

test('objects that drifted are not counted among those that do not change', () => {
  expect(renderPlanComment({ plans: [drifted], failures: [], origin })).toContain('1 object unchanged')
})

describe('what an apply left that did not end well', () => {
  const failed = {
    sha: '05c226cf7524ce414363aa827743b03294884b39',
    engine: '0.1.0',
    run: 77,
    failed: true,
  } as const
  const died = { sha: 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678', engine: '0.1.0' } as const
  const tier = { effect: 'restart', words: 'connections drop', seconds: 60 } as const
  const left = plan('prod', {
    steps: [
      step(
        'sql-instance/prod',
        'update',
        {},
        {
          about: 'settings version 4',
          changes: [
            change('tier', 'large', 'small', { ...tier, cause: 'left', leftBy: failed }),
            change('backups.retained', 7, 3, { cause: 'left', leftBy: died }),
            change('diskGb', 10, 20, { cause: 'drift' }),
            change('availability', 'ZONAL', 'REGIONAL'),
          ],
        },
      ),
    ],
  })

  test('a comment tells from drift and from edits, with its commit and its run', () => {
    const text = renderPlanComment({ plans: [left], failures: [], origin })
    expect(text).toContain(
      'Puts back 1 value left by the apply of `05c226c`, which failed. Puts back 1 value left by the apply of `a1b2c3d`, which is under way or died. Puts back 1 value changed outside of Git.',
    )
    expect(text).toContain(
      `\`tier large → small\` (left by the apply of \`05c226c\`, which failed; put back)`,
    )
    expect(text).toMatch(
      /\*\*Left by an apply that failed:\*\* the live values are what \[`05c226c`\]\(\S+\/commit\/05c226cf7524ce414363aa827743b03294884b39\) wants, whose \[apply\]\(\S+\/actions\/runs\/77\) failed\. Merging puts back what was applied before it\.\n\n```diff\n {2}sql-instance\/prod .*\n- {3}tier +large +\(live\)\n\+ {3}tier +small +\(wanted\).*\n```/,
    )
    expect(text).toMatch(
      /\*\*Left by an apply that has not ended:\*\* .* wants, whose apply is under way or died\. [^`]+```diff\n.*\n- {3}backups\.retained/,
    )
    expect(text).toMatch(/\*\*Drift:\*\*[^`]+```diff\n.*\n- {3}diskGb[^\n]+\n\+ {3}diskGb[^\n]+\n```/)
    expect(text).toMatch(
      /```diff\n {2}sql-instance\/prod .*\n! {3}availability +ZONAL → REGIONAL +in place\n```/,
    )
  })

  test('a terminal does, too', () => {
    const text = planLines(left, 160, plainPalette).join('\n')
    expect(text).toMatch(
      /sql-instance\/prod +left by the apply of 05c226c, which failed \(run 77\)\n +- +tier/,
    )
    expect(text).toMatch(/sql-instance\/prod +left by the apply of a1b2c3d, which is under way or died\n/)
    expect(text).toMatch(/sql-instance\/prod +drift: changed outside of Git\n +- +diskGb/)
  })

  test('stays pending where the merge that was to put it back was not applied either', () => {
    const text = renderPlanComment({ plans: [left], failures: [], pending: [left], origin })
    expect(text).toMatch(/\*\*Pending\*\* in `prod`[^`]+```diff\n[^`]*! {3}tier +large → small/)
  })
})
