import type { Change } from '../../src/core/change.ts'
import type { Plan } from '../../src/core/plan.ts'
import { plan, step } from './fixtures.ts'

const inside = (object: string, path: string, rest: Partial<Change>): Change => ({
  path: ['objects', object, ...(path === '' ? [] : path.split('.'))],
  effect: 'in-place',
  cause: 'file',
  ...rest,
})

const config = (index: number): Change =>
  inside(`ConfigMap/flyte/part-${index}`, 'data.config', {
    from: `retries: 1\nlimit: ${index}\nlog: info`,
    to: `retries: 1\nlimit: ${index + 1}\nlog: info`,
  })

/** A release of which more changes than fits above the fold. */
export const bigRelease: Plan = plan('flyte', {
  steps: [
    step(
      'release/flyte',
      'update',
      { namespace: 'flyte', objects: { 'ConfigMap/flyte/part-0': {}, 'Service/flyte/still-the-same': {} } },
      {
        takes: [120, 300],
        changes: [
          inside('Deployment/flyte/admin', 'spec.template.spec.containers.admin.image', {
            from: 'cr.flyte.org/flyteadmin:v1.13.0',
            to: 'cr.flyte.org/flyteadmin:v1.14.0',
            effect: 'restart',
            words: 'rolls 2 pods one by one',
          }),
          ...Array.from({ length: 12 }, (_, index) => config(index)),
          inside('Service/other/console', '', { to: {} }),
          inside('ClusterRole//flyte-old', '', {
            from: {},
            effect: 'remove',
            words: 'what uses it loses its rights',
          }),
        ],
      },
    ),
  ],
  unchanged: 12,
})
