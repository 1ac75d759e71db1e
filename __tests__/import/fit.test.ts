import { describe, expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/core/json.ts'
import type { Plan, Step } from '../../src/core/plan.ts'
import { draftOf } from '../../src/import/draft.ts'
import { fitToPlan, type Tried } from '../../src/import/fit.ts'
import { textOf } from '../../src/import/text.ts'

const planOf = (...steps: readonly Partial<Step>[]): Tried => ({
  plan: { steps: steps.map(step => ({ changes: [], spec: {}, ...step })), problems: [] } as unknown as Plan,
})
const write = (draft: Parameters<typeof textOf>[0]) => textOf(draft, [])

/** Fits a document to one answer after the other; the last one stays. */
const fitted = async (document: JsonObject, ...answers: readonly ((text: string) => Tried)[]) => {
  let round = 0
  const { draft } = await fitToPlan(draftOf(document), write, async text => {
    const answer = answers[Math.min(round++, answers.length - 1)]
    if (answer === undefined) throw new Error('no answer')
    return answer(text)
  })
  return { ...draft, round }
}

const change = (
  path: readonly string[],
  from: Step['changes'][number]['from'],
  to: string | undefined = 'x',
) => ({
  path,
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
  effect: 'in-place' as const,
  cause: 'file' as const,
})

describe('a draft is fitted to its plan', () => {
  test('by live values, and by taking away what is not there', async () => {
    const step = {
      action: 'adopt' as const,
      address: 'sql-instance/prod',
      changes: [change(['mark'], undefined), change(['tier'], 'live'), change(['zone'], undefined)],
    }
    const { document } = await fitted(
      { app: 'skypilot' },
      () => planOf(step),
      () => planOf(),
    )
    expect(document).toEqual({ app: 'skypilot', database: { tier: 'live', zone: null } })
  })

  test('by leaving out APIs that are off and roles that nobody has', async () => {
    const target = { project: 'p' }
    const steps = [
      {
        action: 'create' as const,
        kind: 'service',
        address: 'service/iam',
        spec: { service: 'iam.googleapis.com' },
      },
      {
        action: 'create' as const,
        kind: 'grant',
        address: 'grant/x',
        spec: { role: 'roles/cloudsql.client', target },
      },
    ]
    const { document } = await fitted(
      { app: 'skypilot' },
      () => planOf(...steps),
      () => planOf(),
    )
    expect(document.services).not.toContain('iam')
    expect(document.serviceAccounts).toEqual({ skypilot: { roles: ['roles/cloudsql.instanceUser'] } })
  })

  test('and rests where a change cannot be avoided', async () => {
    const step = {
      action: 'update' as const,
      address: 'cluster/one',
      changes: [change(['dns'], { provider: 'X' })],
    }
    const { document, round } = await fitted({}, () => planOf(step))
    expect([document, round]).toEqual([{ cluster: { dns: { provider: 'X' } } }, 2])
  })

  test('what the file may not say is left out with what it stands for', async () => {
    const document = {
      project: 'p',
      database: { databases: { one: { name: 'Ü', charset: 'UTF8' }, two: {} } },
    }
    const problem = (text: string): Tried => {
      const lines = text.split('\n')
      const line = lines.findIndex(one => one.includes('name: Ü')) + 1
      const column = (lines[line - 1] ?? '').indexOf('name') + 1
      return { problems: [{ message: 'no name', position: { file: 'f', line, column } }] }
    }
    const { document: left, left: said } = await fitted(document, problem, () => planOf())
    expect(left).toEqual({ project: 'p', database: { databases: { two: {} } } })
    expect(said).toEqual([{ what: 'database.databases.one', why: 'Slipway cannot say it: no name' }])
  })

  test('a header that is wrong cannot be mended', async () => {
    const wrong = (): Tried => ({
      problems: [{ message: 'bad', position: { file: 'f', line: 1, column: 1 } }],
    })
    await expect(fitted({ project: 'p' }, wrong)).rejects.toThrow('bad')
  })
})
