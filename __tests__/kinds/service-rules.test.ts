import { describe, expect, test } from '@jest/globals'
import { isObject, type Json, type Path, showPath } from '../../src/core/json.ts'
import { ruleFor } from '../../src/core/rules.ts'
import { address } from '../../src/kinds/address/index.ts'
import { grant } from '../../src/kinds/grant/index.ts'
import type { Kind } from '../../src/kinds/kind.ts'
import { secret } from '../../src/kinds/secret/index.ts'
import { service } from '../../src/kinds/service/index.ts'
import { serviceAccount } from '../../src/kinds/service-account/index.ts'
import { resourceOf } from './service-support/worlds.ts'

/** Every setting that a schema takes. */
const full = {
  service: {},
  'service-account': { id: 'staging-nodes', displayName: 'Nodes', description: 'of GKE', disabled: true },
  grant: {
    role: 'roles/viewer',
    member: 'user:a@example.com',
    target: { project: 'acme-ml', serviceAccount: 'x@acme-ml.iam.gserviceaccount.com' },
    condition: { title: 't', expression: 'true', description: 'd' },
    after: ['service-account/x'],
  },
  secret: {
    name: 'staging-login',
    generate: { user: 'skypilot', length: 32, alphabet: 'letters-digits' },
    labels: { team: 'ml' },
  },
  address: {
    name: 'staging',
    region: 'us-central1',
    tier: 'PREMIUM',
    description: 'd',
    labels: { team: 'ml' },
  },
} as const

/** A kind with its type of settings forgotten. */
const plain = <S>({ kind, rules, schema, resource }: Kind<S>) => ({
  kind,
  rules,
  schema,
  resourceOf: (settings: unknown) => resourceOf({ schema, resource } as Kind<S>, 'x', settings),
})

const kinds = [plain(service), plain(serviceAccount), plain(grant), plain(secret), plain(address)]

const leaves = (value: Json, path: Path = []): readonly Path[] =>
  isObject(value) && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, member]) => leaves(member, [...path, key]))
    : [path]

describe.each(kinds)('$kind', ({ kind, rules, schema, resourceOf }) => {
  const settings = full[kind as keyof typeof full]

  test('the settings above are all that its schema takes', () => {
    const shape = (schema as unknown as { readonly shape: object }).shape
    expect(Object.keys(settings).sort()).toEqual(Object.keys(shape).sort())
  })

  test('every path of a spec has a rule', () => {
    const without = leaves(resourceOf(settings).spec).filter(path => ruleFor(rules, path) === undefined)
    expect(without.map(showPath)).toEqual([])
  })

  test('every rule is for a path of a spec', () => {
    const { spec } = resourceOf(settings)
    const inner = Object.entries(spec).flatMap(([key, value]) => (isObject(value) ? [[key]] : []))
    const paths = [...leaves(spec), ...inner]
    const idle = rules.filter(rule => !paths.some(path => ruleFor([rule], path) !== undefined))
    expect(idle.map(({ path }) => path)).toEqual([])
  })

  test('what is refused says why and how else', () => {
    for (const { change } of rules.filter(({ change: { effect } }) => effect === 'refused')) {
      expect(change.words).toMatch(/\w/)
      expect(change.recipe).toMatch(/\.$/)
    }
  })

  test('an unknown key is an error', () => {
    expect(schema.safeParse({ ...settings, nonsense: 1 }).success).toBe(false)
  })
})
