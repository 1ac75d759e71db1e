import { expect, test } from '@jest/globals'
import type { Change } from '../../src/core/change.ts'
import { renderPlanComment } from '../../src/render/markdown/plan-comment.ts'
import { plainPalette } from '../../src/render/terminal/palette.ts'
import { planLines } from '../../src/render/terminal/plan.ts'
import { origin, plan, step } from './fixtures.ts'

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
