import { expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/core/json.ts'
import { startActionWorld } from './control-plane/action.ts'
import { fileOf, over, small } from './control-plane/files.ts'
import { installByHand, startByHand } from './control-plane/helm.ts'
import { revisions, rolls } from './control-plane/looks.ts'
import { until } from './control-plane/processes.ts'
import { longest, onPlane } from './control-plane/suite.ts'

onPlane(
  'what others did and do, beside the bundled action',
  () => startActionWorld({ environments: ['hand', 'theirs', 'twice'] }),
  world => {
    const server = (name: string, values: JsonObject = {}): string =>
      fileOf({ name, charts: world().charts, values: over(small, values) })
    const theirs = (value: string): string =>
      fileOf({
        name: 'theirs',
        charts: world().charts,
        chart: 'hooked',
        version: '1.0.0',
        values: { value },
        more: { timeoutMinutes: 1 },
      })
    const slower = { apiService: { terminationGracePeriodSeconds: 90 } }
    const ends = ({ applies }: { readonly applies: readonly { readonly conclusion: string }[] }) =>
      applies.map(({ conclusion }) => conclusion)
    /** Their helm may have hung for twice the time-out before it is taken for dead. */
    const patience = 120_000
    let stuckAt = 0

    /** Somebody's helm hangs in a hook, and is killed. */
    const leaveStuck = async () => {
      const values = { image: 'example.com/unpullable:1', value: 'theirs' }
      const helm = await startByHand(world(), { release: 'theirs', chart: 'hooked-1.0.0', values })
      await until('their upgrade', async () =>
        (await revisions(world(), 'theirs', 'theirs')).includes('2 pending-upgrade'),
      )
      stuckAt = Date.now()
      helm.kill('SIGKILL')
    }

    test(
      'releases made by hand are adopted with their differences shown; what somebody’s helm left half-way is left alone',
      async () => {
        const byHand = over(small, { apiService: { terminationGracePeriodSeconds: 30 } })
        await Promise.all([
          installByHand(world(), { release: 'hand', chart: 'skypilot-0.13.0', values: byHand }),
          installByHand(world(), { release: 'theirs', chart: 'hooked-1.0.0', values: { value: 'one' } }),
        ])
        await leaveStuck()
        const texts = { hand: server('hand'), theirs: theirs('two'), twice: server('twice') }
        const { number, planned, comment } = await world().propose(texts)
        expect([planned.conclusion, planned.problems]).toEqual(['success', []])
        expect(comment).toMatch(
          /2 to create, \*\*4 to adopt\*\* \(2 with changes\), \*\*2 of them interrupt people\*\*\./,
        )
        expect(comment).toMatch(/! adopt namespace\/hand +nothing on it changes but our mark/)
        expect(comment).toMatch(/! adopt release\/hand +1 change/)
        expect(comment).toMatch(/spec\.terminationGracePeriodSeconds +30 → 60/)
        const merged = await world().merge(number)
        expect(ends(merged)).toEqual(['success', 'failure', 'success'])
        expect(merged.comment).toMatch(/✓ release\/hand +1 object/)
        expect(await revisions(world(), 'hand', 'hand')).toEqual(['1 superseded', '2 deployed'])
        expect(merged.comment).toContain('1 of 2 steps done in')
        expect(merged.comment).toMatch(
          /Release theirs in theirs is pending-upgrade since `\S+Z`: somebody else may be running helm\. \*\*What to do:\*\* Wait until that ends\. If nobody is, run this again after 2 minutes/,
        )
        expect(await revisions(world(), 'theirs', 'theirs')).toEqual(['1 deployed', '2 pending-upgrade'])
      },
      longest,
    )

    test(
      'asked again too early, it says the same, and counts nothing twice',
      async () => {
        const again = await world().dispatch({ environment: 'theirs' }, 1)
        expect(ends(again)).toEqual(['failure'])
        expect(again.comment).toMatch(
          /Not applied whole: `theirs`\.\*\* 1 of 2 steps done in .*; `release\/theirs` failed/,
        )
        expect(again.comment).toMatch(/= namespace\/theirs +already so: adopted/)
        expect(again.comment).not.toMatch(/= release\/theirs/)
      },
      longest,
    )

    test(
      'two dispatched runs at once: one applies, the other waits, looks again, and finds it done',
      async () => {
        const { number } = await world().propose({ twice: server('twice', slower) })
        world().world.scenario.merge(number, 'squash')
        const inputs = { environment: 'twice' }
        const both = await Promise.all([world().dispatch(inputs, number), world().dispatch(inputs, number)])
        expect(both.map(ends)).toEqual([['success'], ['success']])
        expect(await rolls(world(), 'twice', 'twice-api-server')).toBe(2)
        expect(await revisions(world(), 'twice', 'twice')).toEqual(['1 superseded', '2 deployed'])
        const after = await world().dispatch(inputs, number)
        expect(ends(after)).toEqual(['success'])
        expect(after.applies[0]?.summary).toContain('### Applied to `twice`: nothing was left to do')
      },
      longest,
    )

    test(
      'once their helm is long dead, the next run puts it right',
      async () => {
        await new Promise(done => setTimeout(done, Math.max(0, stuckAt + patience + 2_000 - Date.now())))
        const healed = await world().dispatch({ environment: 'theirs' }, 1)
        expect(ends(healed)).toEqual(['success'])
        expect(healed.comment).toMatch(/### Applied to `theirs`: 1 step in .*, 1 already so/)
        // Nobody changed it: it was never brought there.
        expect(healed.comment).not.toContain('outside of Git')
        expect(await revisions(world(), 'theirs', 'theirs')).toEqual(['1 superseded', '2 deployed'])
        expect(world().world.scenario.github.violations).toEqual([])
      },
      longest,
    )
  },
)
