import { describe, expect, test } from '@jest/globals'
import type { Change } from '../../src/core/change.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { Plan } from '../../src/core/plan.ts'
import {
  type OutcomeComment,
  renderOutcome,
  renderOutcomeSummary,
} from '../../src/render/markdown/outcome.ts'
import { renderPlanComment } from '../../src/render/markdown/plan-comment.ts'
import { renderRefusal } from '../../src/render/markdown/refusal.ts'
import { plainPalette } from '../../src/render/terminal/palette.ts'
import { planLines } from '../../src/render/terminal/plan.ts'
import { change, line, origin, plan, step } from './fixtures.ts'
import { prod, upgrade } from './prod.ts'
import { failedResult, prodResult } from './results.ts'
import { staging } from './staging.ts'

const commentOf = (...plans: readonly Plan[]): string => renderPlanComment({ plans, failures: [], origin })

const api = 'Deployment/skypilot/skypilot-api-server'
const args = {
  ...change('', ['--port=5432', '--quiet', 'acme-ml:us-central1:cloud-sql-skypilot-instance'], undefined),
  to: ['--port=5432', '--quiet', 'acme-ml:us-east1:cloud-sql-skypilot-instance'],
  path: ['objects', api, 'spec', 'template', 'spec', 'initContainers', 'proxy', 'args'],
  effect: 'restart',
} as const

describe('a plan', () => {
  test('of one change that interrupts does not say how many of it do', () => {
    const only = plan('prod', { steps: prod.steps.slice(2) })
    expect(commentOf(only)).toContain('### Plan for `prod`: 1 to change, **and it interrupts people**.')
    expect(planLines(only, 120, plainPalette)[0]).toContain('1 to change, and it interrupts people. About')
  })

  test('promises a backup only where apply takes one: before another version of the chart', () => {
    expect(commentOf(plan('prod', { steps: [upgrade] }))).toContain(
      'A backup of `sql-instance/prod` is taken',
    )
    const edited = { ...upgrade, changes: [args] }
    expect(commentOf(plan('prod', { steps: [edited] }))).not.toContain('backup')
    expect(commentOf(plan('prod', { steps: [edited] }))).toContain('To undo, change it back')
    const { backupBefore: _, ...bare } = upgrade.spec
    expect(commentOf(plan('prod', { steps: [{ ...upgrade, spec: bare }] }))).toContain(
      'It cannot be undone by changing it back: a chart goes to no older version.',
    )
  })

  test('says first that data is protected less, though nobody feels it', () => {
    const words = 'no more backups are taken'
    const off = change('backups.enabled', true, false, { words, weakens: true, source: line(12) })
    const weaker = plan('prod', { steps: [step('sql-instance/prod', 'update', {}, { changes: [off] })] })
    expect(commentOf(weaker)).toMatch(
      /> \*\*Protects less:\*\* `sql-instance\/prod`: no more backups are taken\. \[`prod\.yaml:12`\]/,
    )
    expect(planLines(weaker, 120, plainPalette)).toContain(
      'Protects less: sql-instance/prod: no more backups are taken.',
    )
    const alone = change('availability', 'REGIONAL', 'ZONAL', {
      ...{ effect: 'restart', words: 'the standby goes', weakens: true },
    })
    const felt = commentOf(
      plan('prod', { steps: [step('sql-instance/prod', 'update', {}, { changes: [alone] })] }),
    )
    expect(felt).toContain('> **`sql-instance/prod`: the standby goes.**')
    expect(felt).not.toContain('Protects less')
  })

  test('says of a new database what it is made without, whether or not the file does', () => {
    const made = (spec: JsonObject) =>
      planLines(plan('prod', { steps: [step('sql-instance/prod', 'create', spec)] }), 120, plainPalette).join(
        ' ',
      )
    const bare = { name: 'prod', version: 'POSTGRES_16', tier: 'db-custom-2-7680', region: 'us-central1' }
    expect(made(bare)).toContain('deletion protection OFF')
    expect(made(bare)).toContain('NO backups')
    const kept = made({ ...bare, deletionProtection: true, backups: { enabled: true } })
    expect(kept).not.toMatch(/OFF|NO backups/)
  })

  test('promises no way back where there is none', () => {
    const restart = { effect: 'restart' } as const
    const version = change('version', 'POSTGRES_16', 'POSTGRES_17', { ...restart, oneWay: true })
    const tier = change('tier', 'db-custom-2-7680', 'db-custom-4-15360', restart)
    const of = (...changes: readonly Change[]) =>
      commentOf(plan('prod', { steps: [step('sql-instance/prod', 'update', {}, { changes })] }))
    expect(of(version)).toContain('It cannot be undone by changing it back.')
    expect(of(version)).not.toContain('To undo')
    expect(of(version, tier)).toContain(
      'To undo, change it back: that interrupts again. `version` cannot be undone so.',
    )
  })

  test('tells how long a change takes apart from how long it is felt', () => {
    expect(commentOf(prod)).toMatch(
      /tier +db-custom-2-7680 → db-custom-4-15360 +restart, done in about 1 min\n/,
    )
  })

  test('shows of two long lists the members that differ', () => {
    const text = commentOf(plan('prod', { steps: [{ ...upgrade, changes: [args] }] }))
    expect(text).toMatch(/\n! +spec\.template\.spec\.initContainers\.proxy\.args +other members as before\n/)
    expect(text).toMatch(
      /\n- +acme-ml:us-central1:cloud-sql-skypilot-instance\n\+ +acme-ml:us-east1:cloud-sql-skypilot-instance\n/,
    )
    expect(text).not.toContain('--quiet')
  })

  test('draws no boxes that have nothing to do with one another', () => {
    const addresses = ['web', 'api', 'cdn'].map(name => step(`address/${name}`, 'create'))
    expect(commentOf(plan('prod', { steps: addresses }))).not.toContain('mermaid')
    expect(commentOf(staging)).toContain('mermaid')
  })

  test('of a new environment misses no record; of one that has made something it does', () => {
    const fresh = plan('prod', { steps: staging.steps, unchanged: 5, recorded: false })
    const first = 'Nothing can be removed: it is the first apply'
    expect(commentOf({ ...fresh, isNew: true })).toContain(
      'Nothing can be removed in `prod`: it is the first apply',
    )
    expect(commentOf({ ...fresh, isNew: true })).not.toContain('trustworthy')
    expect(commentOf(fresh)).toContain('**No trustworthy record of an earlier apply.**')
    expect(commentOf(fresh)).not.toContain('it is the first apply')
    const screen = (one: Plan) => planLines(one, 400, plainPalette).join('\n')
    expect(screen({ ...fresh, isNew: true })).toContain(first)
    expect(screen(fresh)).toContain('No trustworthy record of an earlier apply: nothing can be removed')
    expect(screen(plan('prod', { unchanged: 3, recorded: false }))).toContain('`--baseline REF`')
    expect(screen(plan('prod', { unchanged: 3 }))).not.toContain('record')
  })

  test('that takes a release over shows its objects as a change of it does, and says that it changes', () => {
    const adopted = plan('prod', {
      steps: [{ ...upgrade, action: 'adopt' as const }, step('sql-instance/prod', 'adopt')],
    })
    const text = commentOf(adopted)
    expect(text).toContain('**2 to adopt** (1 with changes)')
    expect(text).toMatch(/\n {4}Deployment skypilot-api-server +rolls 1 pod/)
    expect(text).not.toContain('objects.Deployment')
    const screen = planLines(adopted, 120, plainPalette).join('\n')
    expect(screen).toContain('2 to adopt (1 with changes)')
    expect(screen).not.toContain('objects.Deployment')
  })

  test('of one environment says its time where it says what merging does, and has no table', () => {
    expect(commentOf(staging)).toContain('Merging applies exactly this, in about 8–17 min.')
    expect(commentOf(staging)).not.toContain('|---')
    expect(commentOf(staging)).toMatch(/· \[`environments\/staging\.yaml`\]\(\S+\) · \[log\]/)
  })

  test('that takes fields out of the file says above all that they are not changed back', () => {
    const note = { level: 'info', message: 'x: tier is no longer managed', released: true } as const
    const of = (...notes: readonly (typeof note)[]) => commentOf(plan('prod', { notes, unchanged: 2 }))
    expect(of(note)).toContain(
      'nothing to do. 2 resources as wanted.\n\n1 field that the file no longer sets stays as it is.',
    )
    expect(of(note, note)).toContain('2 fields that the file no longer sets stay as they are.')
    expect(of()).not.toContain('no longer sets')
  })

  test('that only waits does not say that nothing is to be done', () => {
    const waiting = plan('prod', { steps: [step('cluster/prod', 'settle')] })
    expect(commentOf(waiting)).toContain('nothing to do but wait for what still runs.')
  })
})

describe('many environments', () => {
  const inTheWay = ['a', 'b', 'c'].map(name =>
    plan(name, {
      steps: [step(`address/${name}`, 'remove')],
      problems: [{ message: `address/${name} cannot be removed yet.`, advice: 'Mend that file first.' }],
    }),
  )

  test('with one advice are given it once, and each its problem', () => {
    const text = commentOf(...inTheWay)
    expect(text.match(/Mend that file first/g)).toHaveLength(1)
    expect(text).toContain('> **What to do about the 3 above:** Mend that file first.')
    expect(text.match(/put back later, it is made anew/g)).toHaveLength(1)
    for (const name of ['a', 'b', 'c'])
      expect(text).toContain(`\`${name}\` · **In the way:** address/${name}`)
  })

  test('that are blocked by something else than a refusal have problems in the table', () => {
    expect(commentOf(...inTheWay)).toContain('| environment | problems | remove |')
    expect(commentOf(prod, staging)).toContain('| environment | refused | interrupts |')
  })
})

describe('an outcome', () => {
  const outcome = (more: Partial<OutcomeComment> = {}): OutcomeComment => ({
    environments: [{ plan: { ...prod, problems: [] }, result: prodResult }],
    origin,
    ...more,
  })
  const failed = (message: string) => {
    const outcomes = prodResult.outcomes.map(one =>
      one.address === 'release/skypilot' ? { ...one, ending: 'failed' as const, problem: { message } } : one,
    )
    return outcome({
      environments: [{ plan: { ...prod, problems: [] }, result: { ...prodResult, outcomes } }],
      pullRequests: [7, 9],
    })
  }

  test('names the backup by the description under which it is found', () => {
    expect(renderOutcome(outcome())).toContain(
      'restore the backup of `sql-instance/prod` whose description is `slipway: skypilot 0.12.2 to 0.13.0`.',
    )
  })

  test('says how to undo what was done, whichever pull requests brought it, and nothing of what was not', () => {
    const text = renderOutcome(failed('no room'))
    expect(text).toContain(
      'To undo the changes of settings: revert #7 and #9. Read the plan of that: what the file did not set before stays as it is.',
    )
    expect(text).not.toContain('restore the backup')
  })

  test('that only put back what a failed apply left, or somebody changed, offers no revert as the way back', () => {
    const leftBy = { sha: 'b', engine: '1', failed: true } as const
    const steps = [
      step('node-pool/gpu', 'update', {}, { changes: [change('max', 5, 3, { cause: 'left', leftBy })] }),
      step('address/web', 'update', {}, { changes: [change('tier', 'a', 'b', { cause: 'drift' })] }),
    ]
    const outcomes = steps.map(({ address }) => ({
      ...{ address, ending: 'applied' as const, summary: '', seconds: 1 },
    }))
    const environments = [{ plan: plan('prod', { steps }), result: { ...prodResult, outcomes } }]
    const text = renderOutcome(outcome({ environments, pullRequests: [7, 9] }))
    expect(text).not.toContain('revert #')
    expect(text).toContain('This is what #7 and #9 come to together.')
    expect(renderOutcome(outcome({ environments, pullRequests: [9] }))).not.toContain('together')
  })

  test('says what a revert leaves as it is', () => {
    const grown = change('diskGb', 10, 50, { oneWay: true })
    const done = { address: 'sql-instance/prod', ending: 'applied', summary: '', seconds: 60 } as const
    const text = (...changes: readonly Change[]) =>
      renderOutcome(
        outcome({
          environments: [
            {
              plan: plan('prod', { steps: [step('sql-instance/prod', 'update', {}, { changes })] }),
              result: { ...prodResult, outcomes: [done] },
            },
          ],
          pullRequests: [7],
        }),
      )
    expect(text(grown)).not.toContain('To undo')
    expect(text(grown)).toContain('A revert leaves `diskGb` of `sql-instance/prod` as it is now.')
    expect(text(grown, change('tier', 'a', 'b'))).toContain(
      'revert #7. Read the plan of that: what the file did not set before stays as it is. A revert leaves `diskGb` of',
    )
  })

  test('that failed says what goes on with it, and names what failed once', () => {
    const text = renderOutcome(failed('release/skypilot: no room'))
    expect(text).toMatch(/> \*\*`release\/skypilot` failed:\*\* no room\n\nTo go on, run \[the job\]/)
    expect(renderOutcome(outcome())).not.toContain('To go on')
  })

  test('calls failed what failed, not what was not begun because of it or goes on', () => {
    const outcomes = prodResult.outcomes.map((one, index) => ({
      ...one,
      ending: (['failed', 'skipped', 'running'] as const)[index] ?? ('applied' as const),
      problem: { message: `problem ${index}` },
    }))
    const text = renderOutcome(
      outcome({ environments: [{ plan: { ...prod, problems: [] }, result: { ...prodResult, outcomes } }] }),
    )
    expect(text).toContain('**`sql-instance/prod` failed:** problem 0')
    expect(text).not.toMatch(/problem [12]/)
  })

  test('leaves the plan to what is folded below it in the comment, and folds it into the summary', () => {
    expect(renderOutcome(outcome())).not.toContain('<details>')
    expect(renderOutcomeSummary(outcome())).toContain('<summary>The plan that was applied</summary>')
  })

  test('counts what is left in words that fit', () => {
    const verdictOf = (count: number) =>
      renderOutcome(
        outcome({
          environments: [
            {
              plan: staging,
              result: {
                ...failedResult,
                outcomes: [],
                left: Array.from({ length: count }, () => ({ message: 'tier is another one' })),
              },
            },
          ],
        }),
      )
    expect(verdictOf(1)).toContain('but 1 thing is not as wanted')
    expect(verdictOf(2)).toContain('but 2 things are not as wanted')
  })
})

describe('a refusal', () => {
  test('shows what was not reviewed with its values, but for those of a release’s objects', () => {
    const secret = {
      ...change('', 'b2xk', 'bmV3'),
      path: ['objects', 'Secret/skypilot/login', 'data', 'auth'],
    }
    const drift = change('backups.retained', 3, 14, { cause: 'drift', source: line(18) })
    const text = renderRefusal({
      plan: plan('prod', {
        steps: [
          step('sql-instance/prod', 'update', {}, { changes: [drift] }),
          { ...upgrade, changes: [secret] },
        ],
      }),
      uncovered: [
        { address: 'sql-instance/prod', path: 'backups.retained', reason: 'this change was not reviewed' },
        {
          address: 'release/skypilot',
          path: 'objects.Secret/skypilot/login.data.auth',
          reason: 'this change was not reviewed',
        },
      ],
      origin,
      workflow: 'apply.yml',
      branch: 'main',
    })
    expect(text).toContain('**`sql-instance/prod` `backups.retained 3 → 14`:** this change was not reviewed.')
    expect(text).not.toContain('bmV3')
  })
})
