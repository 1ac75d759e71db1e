import { describe, expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/core/json.ts'
import { randomIn, withoutRandom } from '../../src/kinds/release/random.ts'

const job = { apiVersion: 'batch/v1', spec: { template: { spec: { restartPolicy: 'Never' } } } }
const deployment = (value: string): JsonObject => ({
  apiVersion: 'apps/v1',
  spec: { template: { metadata: { annotations: { rollme: value, plain: 'x' } } } },
})
const rollme = ['Deployment/web/a', 'spec', 'template', 'metadata', 'annotations', 'rollme']

describe('what a chart makes anew each time', () => {
  test('is found field by field, and taken out of both sides', () => {
    const once = { 'Deployment/web/a': deployment('x1') }
    expect(randomIn(once, { 'Deployment/web/a': deployment('y2') })).toEqual([rollme])
    const live = { 'Deployment/web/a': deployment('z3') }
    expect(withoutRandom(live, [rollme], once)).toEqual(withoutRandom(once, [rollme], once))
  })

  test.each([
    ['init-ab1cd', 'init-xy9zz', 'Job/web/init-?????'],
    // A letter that both happen to share is not part of the name.
    ['init-ab1cd', 'init-ay9zz', 'Job/web/init-?????'],
    ['init-1', 'init-1000', 'Job/web/init-*'],
  ])('may be a name: %s and %s', (a, b, pattern) => {
    const found = randomIn({ [`Job/web/${a}`]: job }, { [`Job/web/${b}`]: job })
    expect(found).toEqual([[pattern]])
  })

  test('a drawn name hides no object that is wanted under its own', () => {
    const random = [['Job/web/init-?????']]
    const wanted = { 'Job/web/init-setup': job }
    const live = { 'Job/web/init-setup': job, 'Job/web/init-ab1cd': job, 'Job/web/init-longer-one': job }
    expect(Object.keys(withoutRandom(live, random, wanted))).toEqual([
      'Job/web/init-setup',
      'Job/web/init-longer-one',
    ])
  })

  test('objects of two kinds are not one that changed its name', () => {
    const found = randomIn({ 'Job/web/a-1': job }, { 'CronJob/web/a-2': job })
    expect(found).toEqual([['Job/web/a-1'], ['CronJob/web/a-2']])
  })
})
