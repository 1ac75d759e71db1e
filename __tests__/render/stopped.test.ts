import { describe, expect, test } from '@jest/globals'
import { renderOutcome } from '../../src/render/markdown/outcome.ts'
import { renderPlanComment } from '../../src/render/markdown/plan-comment.ts'
import { renderRefusal } from '../../src/render/markdown/refusal.ts'
import { change, origin, plan, step } from './fixtures.ts'

const image = change('objects.Deployment/web/web.spec.template.spec.image', 'a', 'b', {
  path: ['objects', 'Deployment/web/web', 'spec', 'template', 'spec', 'image'],
  effect: 'restart',
  words: 'rolls its pods',
})
const version = change('chart.version', '1.0.0', '1.1.0')
const release = (...changes: readonly ReturnType<typeof change>[]) =>
  plan('web', {
    steps: [
      step(
        'release/web',
        'update',
        { release: 'web', namespace: 'web', backupBefore: 'sql-instance/web' },
        { changes },
      ),
    ],
  })

describe('a plan that stands in its own way, at the merge', () => {
  const uncovered = [
    { address: 'release/web', path: 'chart.version', reason: 'this change was not reviewed' },
  ]
  const problems = [
    { address: 'release/web', message: 'an older server does not read it', advice: 'Restore it.' },
  ]
  const refusal = { uncovered, origin, workflow: 'apply.yml', branch: 'main' }

  test('says that, and does not list changes as not reviewed beside it', () => {
    const text = renderRefusal({ ...refusal, plan: { ...release(version), problems } })
    expect(text).toContain('its plan has 1 problem.')
    expect(text).toContain('an older server does not read it')
    expect(text).not.toContain('was not reviewed')
  })
  test('without problems they are what is said', () => {
    expect(renderRefusal({ ...refusal, plan: release(version) })).toContain('this change was not reviewed')
  })
})

describe('a release beside a database', () => {
  const comment = (...changes: readonly ReturnType<typeof change>[]) =>
    renderPlanComment({ plans: [release(...changes)], failures: [], origin })

  test('promises a backup where another version of its chart comes, and only there', () => {
    expect(comment(version, image)).toContain('A backup of `sql-instance/web` is taken first')
    expect(comment(image)).not.toContain('backup')
  })
  test('says afterwards which one leads back, and only there', () => {
    const applied = (...changes: readonly ReturnType<typeof change>[]) => {
      const outcomes = [{ address: 'release/web', ending: 'applied', summary: '', seconds: 1 }] as const
      const result = { environment: 'web', outcomes, seconds: 1, left: [] }
      return renderOutcome({ environments: [{ plan: release(...changes), result }], origin })
    }
    expect(applied(version)).toContain(
      'restore the backup of `sql-instance/web` whose description is `slipway: web 1.0.0 to 1.1.0`',
    )
    expect(applied(image)).not.toContain('backup')
  })
})
