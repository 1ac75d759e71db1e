import type { Change } from '../../src/core/change.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { Plan, Step } from '../../src/core/plan.ts'
import type { Position } from '../../src/core/problem.ts'
import type { Origin } from '../../src/render/markdown/input.ts'

/** Where the comments of these tests come from. */
export const origin: Origin = {
  repositoryUrl: 'https://github.com/acme/platform',
  base: '9d1f77a0c1e2d3f4a5b6c7d8e9f0a1b2c3d4e5f6',
  head: 'c05be12f0c1e2d3f4a5b6c7d8e9f0a1b2c3d4e5f',
  run: { id: 19_481_234_567, attempt: 1, url: 'https://github.com/acme/platform/actions/runs/19481234567' },
  sha256: 'e91b0c6d2f4a8b3e5d7c9f1a0b2d4e6f8a1c3e5b7d9f0a2c4e6b8d0f1a3c03ac',
  identity: 'planner@acme-ml.iam.gserviceaccount.com',
  calls: 13,
  seconds: 2.1,
}

/** A line of `environments/prod.yaml`. */
export const line = (number: number, file = 'environments/prod.yaml'): Position => ({
  file,
  line: number,
  column: 3,
})

/** A step with an identity made from its address; `rest` wins. */
export const step = (
  address: string,
  action: Step['action'],
  spec: JsonObject = {},
  rest: Partial<Step> = {},
): Step => ({
  address,
  kind: address.slice(0, address.indexOf('/')),
  identity: `//example.googleapis.com/projects/acme-ml/${address}`,
  action,
  spec,
  changes: [],
  after: [],
  takes: [5, 10],
  ...rest,
})

/** A change of one field because the file says so; `rest` wins. */
export const change = (
  path: string,
  from: Change['from'],
  to: Change['to'],
  rest: Partial<Change> = {},
): Change => ({
  path: path.split('.'),
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
  effect: 'in-place',
  cause: 'file',
  ...rest,
})

/** A plan that does nothing; `rest` wins. */
export const plan = (environment: string, rest: Partial<Plan> = {}): Plan => ({
  format: 'slipway-plan/1',
  environment,
  project: 'acme-ml',
  file: `environments/${environment}.yaml`,
  engine: '0.1.0',
  steps: [],
  notes: [],
  problems: [],
  pins: {},
  unchanged: 0,
  outputs: {},
  recorded: true,
  ...rest,
})
