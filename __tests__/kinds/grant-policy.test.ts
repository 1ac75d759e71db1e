import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { newcomer, normalMember } from '../../src/kinds/grant/member.ts'
import {
  type Binding,
  holds,
  type Membership,
  type Policy,
  withMember,
  withoutMember,
} from '../../src/kinds/grant/policy.ts'

const members = fc.constantFrom(
  'user:a@example.com',
  'group:ml@example.com',
  'serviceAccount:x@acme-ml.iam.gserviceaccount.com',
  'deleted:serviceAccount:x@acme-ml.iam.gserviceaccount.com?uid=1',
  'serviceAccount:acme-ml.svc.id.goog[skypilot/staging-api-sa]',
  'allUsers',
)
const conditions = fc.option(
  fc.record({ title: fc.constantFrom('t', 'u'), expression: fc.constantFrom('true', 'false') }),
  { nil: undefined },
)
const role = fc.constantFrom('roles/viewer', 'roles/editor', 'roles/owner')

/** A binding as IAM answers it: never without members; with fields that nobody knows. */
const bindings: fc.Arbitrary<Binding> = fc
  .tuple(
    role,
    fc.uniqueArray(members, { minLength: 1 }),
    conditions,
    fc.option(fc.string(), { nil: undefined }),
  )
  .map(([name, list, condition, bindingId]) => ({
    ...(bindingId === undefined ? {} : { bindingId }),
    role: name,
    members: list,
    ...(condition === undefined ? {} : { condition: { ...condition, location: 'kept' } }),
  }))

const policies: fc.Arbitrary<Policy> = fc
  .tuple(fc.array(bindings), fc.option(fc.array(fc.dictionary(fc.string(), fc.json())), { nil: undefined }))
  .map(([list, auditConfigs]) => ({
    ...(auditConfigs === undefined ? {} : { auditConfigs }),
    version: 3,
    ...(list.length === 0 ? {} : { bindings: list }),
    etag: 'BwX=',
  }))

const memberships: fc.Arbitrary<Membership> = fc.record({
  role,
  member: fc.constantFrom(
    'user:a@example.com',
    'serviceAccount:x@acme-ml.iam.gserviceaccount.com',
    'group:new@example.com',
  ),
  condition: conditions,
})

/** All that a policy says but for one membership, text for text and in order. */
const foreign = (policy: Policy, { role: name, member, condition }: Membership): string => {
  const list = (policy.bindings ?? []) as readonly Binding[]
  const kept = list.flatMap(binding => {
    const own = binding.condition as Membership['condition']
    const same =
      binding.role === name && own?.title === condition?.title && own?.expression === condition?.expression
    const others = binding.members.filter(each => !same || each !== member)
    return others.length === 0 ? [] : [{ ...binding, members: others }]
  })
  return JSON.stringify({ ...policy, bindings: kept })
}

describe('the edit of a policy', () => {
  test('adding gives the membership and touches nothing else, byte for byte', () => {
    fc.assert(
      fc.property(policies, memberships, (policy, wanted) => {
        const edited = withMember(policy, wanted)
        expect(holds(edited, wanted)).toBe(true)
        const before = { ...policy, bindings: policy.bindings ?? [] }
        expect(sorted(foreign(edited, wanted))).toBe(sorted(foreign(before, wanted)))
      }),
    )
  })

  test('adding twice is adding once, and the second time nothing is to be written', () => {
    fc.assert(
      fc.property(policies, memberships, (policy, wanted) => {
        const once = withMember(policy, wanted)
        expect(withMember(once, wanted)).toBe(once)
      }),
    )
  })

  test('removing what was added gives the policy back, byte for byte', () => {
    fc.assert(
      fc.property(policies, memberships, (policy, wanted) => {
        fc.pre(!holds(policy, wanted))
        const back = withoutMember(withMember(policy, wanted), wanted)
        expect(JSON.stringify(back)).toBe(JSON.stringify({ ...policy }))
      }),
    )
  })

  test('removing takes exactly one membership', () => {
    fc.assert(
      fc.property(policies, memberships, (policy, unwanted) => {
        const edited = withoutMember(policy, unwanted)
        expect(holds(edited, unwanted)).toBe(false)
        expect(sorted(foreign(edited, unwanted))).toBe(sorted(foreign(policy, unwanted)))
      }),
    )
  })

  test('the last member takes its binding along', () => {
    const policy: Policy = {
      etag: 'BwX=',
      bindings: [
        { role: 'roles/viewer', members: ['user:a@example.com'] },
        { role: 'roles/editor', members: ['user:a@example.com'] },
      ],
    }
    expect(withoutMember(policy, { role: 'roles/viewer', member: 'user:A@example.com' }).bindings).toEqual([
      { role: 'roles/editor', members: ['user:a@example.com'] },
    ])
  })
})

/** Where an edit adds the first binding or takes the last, the place of the list among the keys is free. */
const sorted = (json: string): string =>
  JSON.stringify(Object.entries(JSON.parse(json) as object).sort(([a], [b]) => (a < b ? -1 : 1)))

describe('members', () => {
  test.each([
    ['user:Ann@Example.com', 'user:ann@example.com'],
    ['serviceAccount:X@acme-ml.iam.gserviceaccount.com', 'serviceAccount:x@acme-ml.iam.gserviceaccount.com'],
    ['domain:Example.COM', 'domain:example.com'],
    ['serviceAccount:p.svc.id.goog[Ns/Sa]', 'serviceAccount:p.svc.id.goog[Ns/Sa]'],
    ['principal://iam.googleapis.com/projects/1/X', 'principal://iam.googleapis.com/projects/1/X'],
    ['deleted:user:Ann@Example.com?uid=1', 'deleted:user:Ann@Example.com?uid=1'],
    ['allUsers', 'allUsers'],
  ])('%s compares as %s', (member, normal) => {
    expect(normalMember(member)).toBe(normal)
  })

  test('a deleted account of the same name is somebody else', () => {
    const policy: Policy = {
      etag: 'e',
      bindings: [
        { role: 'roles/viewer', members: ['deleted:serviceAccount:x@p.iam.gserviceaccount.com?uid=1'] },
      ],
    }
    expect(
      holds(policy, { role: 'roles/viewer', member: 'serviceAccount:x@p.iam.gserviceaccount.com' }),
    ).toBe(false)
  })

  test.each([
    ['serviceAccount:x@p.iam.gserviceaccount.com', 'x@p.iam.gserviceaccount.com'],
    ['serviceAccount:p.svc.id.goog[ns/sa]', 'p.svc.id.goog'],
    ['user:a@example.com', undefined],
  ])('%s may not be there yet as %s', (member, name) => {
    expect(newcomer(member)).toBe(name)
  })
})
