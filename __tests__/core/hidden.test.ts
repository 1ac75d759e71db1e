import { describe, expect, test } from '@jest/globals'
import { saidOnce } from '../../src/core/hidden.ts'
import type { Plan } from '../../src/core/plan.ts'
import type { Problem } from '../../src/core/problem.ts'

const at = { file: 'environments/prod.yaml', line: 2, column: 10 }

const hidden = (address: string, permission: string, project = 'acme'): Problem => ({
  address,
  message: `${address} cannot be seen: the planner lacks ${permission} in project ${project}.`,
  advice: `Give the planner ${permission}`,
  lacks: { project, permission },
})

const other: Problem = { address: 'release/web', message: 'release/web: no such chart.' }

const said = (problems: readonly Problem[], seen: Partial<Plan> = {}) =>
  saidOnce({ project: 'acme', steps: [], unchanged: 1, problems, ...seen } as unknown as Plan, at)

describe('what the planner cannot see', () => {
  test('is said once for each permission, in the place of the first', () => {
    const problems = [
      hidden('service/iam', 'services.list'),
      other,
      hidden('service/sql', 'services.list'),
      hidden('address/web', 'addresses.list'),
      hidden('service/run', 'services.list'),
      hidden('address/web', 'addresses.list'),
    ]
    expect(said(problems)).toEqual([
      {
        address: 'service/iam',
        message: 'service/iam and 2 more cannot be seen: the planner lacks services.list in project acme.',
        advice: 'Give the planner services.list',
      },
      other,
      {
        address: 'address/web',
        message: 'address/web cannot be seen: the planner lacks addresses.list in project acme.',
        advice: 'Give the planner addresses.list',
      },
    ])
  })

  test('is one problem where nothing of the project is seen; what else is wrong is said all the same', () => {
    const lacking = ['a.list', 'b.list', 'c.list'].map(permission => hidden(`x/${permission}`, permission))
    const [first, ...rest] = said([...lacking, other, hidden('y/z', 'a.list', 'shared')], { unchanged: 0 })
    expect(first).toMatchObject({
      message:
        'Nothing can be seen in project acme: Google refuses the planner 3 permissions there, a.list among them, as it does where there is no such project.',
      position: at,
    })
    expect(rest.map(({ address }) => address)).toEqual(['release/web', 'y/z'])
  })

  test.each<[string, Partial<Plan>, readonly string[]]>([
    ['something is as it should be', { unchanged: 1 }, ['a.list', 'b.list', 'c.list']],
    [
      'something is to be done',
      { unchanged: 0, steps: [{} as Plan['steps'][number]] },
      ['a.list', 'b.list', 'c.list'],
    ],
    ['little is refused', { unchanged: 0 }, ['a.list', 'b.list']],
  ])('is named one by one where %s', (_, seen, permissions) => {
    const problems = permissions.map(permission => hidden(`x/${permission}`, permission))
    expect(said(problems, seen).map(({ address }) => address)).toEqual(problems.map(({ address }) => address))
  })
})
