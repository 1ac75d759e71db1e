import type { JsonObject } from '../../core/json.ts'
import { normalMember } from './member.ts'

/** When a binding holds (IAM, Expr). */
export interface Condition extends JsonObject {
  readonly title: string
  readonly expression: string
}

/** A role and who has it. Unknown fields are kept as they are. */
export interface Binding extends JsonObject {
  readonly role: string
  readonly members: readonly string[]
}

/** An IAM policy exactly as it was read. Unknown fields, audit settings among them, are kept as they are. */
export interface Policy extends JsonObject {
  readonly etag: string
}

/** One member of one binding. */
export interface Membership {
  readonly role: string
  readonly member: string
  readonly condition?: Condition | undefined
}

/** The bindings of a policy; IAM leaves the list out when it is empty. */
export const bindingsOf = (policy: Policy): readonly Binding[] =>
  (policy.bindings as readonly Binding[] | undefined) ?? []

const sameMember = (a: string, b: string): boolean => normalMember(a) === normalMember(b)

const membersOf = ({ members }: Binding): readonly string[] => members ?? []

const isFor = (binding: Binding, { role, condition }: Membership): boolean =>
  binding.role === role && sameCondition(binding.condition as Condition | undefined, condition)

const sameCondition = (a: Condition | undefined, b: Condition | undefined): boolean => {
  if (a === undefined || b === undefined) return a === b
  return ['title', 'description', 'expression'].every(part => (a[part] ?? '') === (b[part] ?? ''))
}

/** True if the policy gives the membership. */
export const holds = (policy: Policy, wanted: Membership): boolean =>
  bindingsOf(policy).some(
    binding => isFor(binding, wanted) && membersOf(binding).some(member => sameMember(member, wanted.member)),
  )

/** The policy with one member more, everything else as it was; the same object if it has it already. */
export const withMember = (policy: Policy, wanted: Membership): Policy => {
  if (holds(policy, wanted)) return policy
  const bindings = bindingsOf(policy)
  const at = bindings.findIndex(binding => isFor(binding, wanted))
  const { role, member, condition } = wanted
  if (at < 0) {
    const binding = { role, members: [member], ...(condition === undefined ? {} : { condition }) }
    return { ...policy, bindings: [...bindings, binding] }
  }
  return {
    ...policy,
    bindings: bindings.map((binding, index) =>
      index === at ? { ...binding, members: [...membersOf(binding), member] } : binding,
    ),
  }
}

/**
 * The policy without one member of one (role, condition), everything else as it was; the same object if it has it
 * not. A binding that loses its last member is dropped, and so is the list when it loses its last binding.
 */
export const withoutMember = (policy: Policy, unwanted: Membership): Policy => {
  if (!holds(policy, unwanted)) return policy
  const bindings = bindingsOf(policy).flatMap(binding => {
    if (!isFor(binding, unwanted)) return [binding]
    const members = membersOf(binding).filter(member => !sameMember(member, unwanted.member))
    if (members.length === membersOf(binding).length) return [binding]
    return members.length === 0 ? [] : [{ ...binding, members }]
  })
  const { bindings: _, ...rest } = policy
  return bindings.length === 0 ? { ...rest, etag: policy.etag } : { ...policy, bindings }
}
