import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { canonical, type Json } from '../../src/core/json.ts'
import { isPosition, showProblem } from '../../src/core/problem.ts'
import { fileJsonSchema } from '../../src/environment/json-schema.ts'
import { loadEnvironment } from '../../src/environment/load.ts'
import { anyCharacter } from '../support/characters.ts'
import { four } from './load.ts'

/** True if the answer is one that people can work with, whatever the text. */
const answersWell = (text: string): boolean => {
  const loaded = loadEnvironment('environments/any.yaml', text)
  if ('environment' in loaded) return canonical(loaded.environment.document as Json).length > 0
  const lines = text.split('\n').length
  return (
    loaded.problems.length > 0 &&
    loaded.problems.every(problem => {
      const { position, message } = problem
      const inside =
        isPosition(position) && position.line >= 1 && position.line <= lines && position.column >= 1
      return inside && message.length > 0 && !/should not happen|\n\s+at /.test(showProblem(problem))
    })
  )
}

const schema = fileJsonSchema()
const words = [
  'app',
  'project',
  'location',
  'state',
  'use',
  'name',
  'tier',
  'default',
  'gpu',
  'skypilot',
  'login',
  'auth',
]
const known = Object.keys(schema.properties as object)
const key = fc.oneof(fc.constantFrom(...known, ...words), fc.string({ maxLength: 12 }))
const leaf = fc.oneof(
  fc.constantFrom(
    'skypilot',
    'acme-ml',
    'us-central1',
    'cloudsql',
    'iam',
    '1.30',
    'db-f1-micro',
    '*a',
    '&a x',
    '!!x',
  ),
  fc.string({ maxLength: 20 }),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
)
const { tree } = fc.letrec(tie => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 6 }),
  ),
}))

describe('whatever is in a file, the answer is an environment or problems with places', () => {
  test('any text', () => {
    fc.assert(fc.property(fc.string({ unit: anyCharacter, maxLength: 300 }), answersWell), { numRuns: 500 })
  })

  test('any text of the letters that YAML gives a meaning', () => {
    const unit = fc.constantFrom(...'-:?[]{}&*!|>%@`"\'#,~ \n\t\\ab1.'.split(''))
    fc.assert(fc.property(fc.string({ unit, maxLength: 120 }), answersWell), { numRuns: 1000 })
  })

  test('any structure in place of a file', () => {
    fc.assert(
      fc.property(tree, value => answersWell(stringify(value) ?? '')),
      { numRuns: 300 },
    )
  })

  test('any structure in place of any section', () => {
    const withSections = fc.dictionary(
      fc.constantFrom(...known.filter(name => !/^(app|project|location|state)$/.test(name))),
      tree,
      {
        maxKeys: 3,
      },
    )
    fc.assert(
      fc.property(withSections, fc.boolean(), (sections, preset) => {
        const head = preset ? four : 'project: acme-ml\nlocation: us-central1\n'
        return answersWell(head + (Object.keys(sections).length === 0 ? '' : stringify(sections)))
      }),
      { numRuns: 300 },
    )
  })

  test('the same text gives the same answer', () => {
    const once = () => JSON.stringify(loadEnvironment('environments/any.yaml', four))
    expect(once()).toBe(once())
  })
})
