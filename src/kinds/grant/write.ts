import { SlipwayError } from '../../core/problem.ts'
import { type Gcp, GcpError } from '../../gcp/port.ts'
import type { Work } from '../kind.ts'
import { unlessAbsent } from '../shared/calls.ts'
import { rewriting } from '../shared/rewriting.ts'
import { getPolicy, setPolicy, type Target, targetOf } from './api.ts'
import { newcomer } from './member.ts'
import { holds, type Membership, type Policy, withMember, withoutMember } from './policy.ts'
import { membershipOf } from './spec.ts'

/** Seconds for which a policy may still be read as it was before our write. */
const patience = 300

/** Gives the grants of `works`, with one read, change and write for each policy. @throws GcpError, SlipwayError */
export const addGrants = (works: readonly Work[], gcp: Gcp): Promise<void> =>
  byTarget(works, async (target, members) => {
    const edit = (policy: Policy) =>
      members.reduce((edited, { spec }) => withMember(edited, membershipOf(spec)), policy)
    await rewritePolicy(gcp, target, members, edit, isNotSeenYet)
    await verified(gcp, target, members, true)
  })

/** Takes exactly the members of `works` out of exactly their bindings. @throws GcpError, SlipwayError */
export const removeGrants = (works: readonly Work[], gcp: Gcp): Promise<void> =>
  byTarget(works, async (target, members) => {
    const edit = (policy: Policy) =>
      members.reduce((edited, { spec }) => withoutMember(edited, membershipOf(spec)), policy)
    const policy = await unlessAbsent(() => rewritePolicy(gcp, target, members, edit))
    if (policy !== undefined) await verified(gcp, target, members, false)
  })

const byTarget = async (
  works: readonly Work[],
  one: (target: Target, works: readonly [Work, ...Work[]]) => Promise<void>,
): Promise<void> => {
  for (const [, [first, ...rest]] of Map.groupBy(works, ({ spec }) => targetOf(spec).identity))
    if (first !== undefined) await one(targetOf(first.spec), [first, ...rest])
}

const rewritePolicy = (
  gcp: Gcp,
  target: Target,
  works: readonly [Work, ...Work[]],
  edit: (policy: Policy) => Policy,
  isPassing?: (error: unknown) => boolean,
): Promise<true> => {
  const attempt = async (): Promise<true> => {
    const policy = await getPolicy(gcp, target)
    const edited = edit(policy)
    if (edited === policy) return true
    const lookUp = async () => {
      const now = await getPolicy(gcp, target)
      return edit(now) === now ? now : undefined
    }
    try {
      await setPolicy(gcp, target, edited, error => isComing(error, works), lookUp)
    } catch (error) {
      throw explained(error, target, works)
    }
    return true
  }
  return rewriting(gcp, `the policy of ${target.path}`, works[0], attempt, isPassing)
}

/** An account that was made a moment ago is there in one read and gone in the next. */
const isNotSeenYet = (error: unknown): boolean =>
  error instanceof GcpError && error.api === 'iam' && error.failure === 'absent'

/**
 * IAM does not see yet whom we name: an account made a moment ago, or the pool that the first cluster with workload
 * identity brings. Errors about anybody else are none of ours.
 */
const isComing = (error: GcpError, works: readonly Work[]): boolean => {
  const found = missingIn(error, works)
  for (const work of found)
    work.progress(`waiting until IAM knows ${newcomer(membershipOf(work.spec).member)}`)
  return found.length > 0
}

const missingIn = ({ failure, answer }: GcpError, works: readonly Work[]): readonly Work[] => {
  if (failure !== 'invalid' || !/does not exist/i.test(answer)) return []
  const said = answer.toLowerCase()
  return works.filter(({ spec }) => {
    const name = newcomer(membershipOf(spec).member)
    return name !== undefined && said.includes(name)
  })
}

const explained = (error: unknown, { path }: Target, works: readonly Work[]): unknown => {
  if (!(error instanceof GcpError)) return error
  const missing = missingIn(error, works)
  if (missing.length === 0) return error
  const named = missing.map(({ address }) => address).join(', ')
  return new SlipwayError(
    `${named}: IAM does not know the member, so the policy of ${path} stays as it was. It answered "${error.answer}".`,
    {
      advice:
        'Check the spelling. An account must exist before it is given a role; a workload identity needs a cluster with workload identity in its project. If both are new, run again in a few minutes.',
      cause: error,
    },
  )
}

/** Reads may lag behind a write; nothing is written again because of one. */
const verified = async (gcp: Gcp, target: Target, works: readonly Work[], wanted: boolean): Promise<void> => {
  const memberships: readonly Membership[] = works.map(({ spec }) => membershipOf(spec))
  await gcp.until(`the policy of ${target.path} to show the change`, patience, async () => {
    const policy = await unlessAbsent(() => getPolicy(gcp, target))
    if (policy === undefined) return wanted ? undefined : true
    return memberships.every(membership => holds(policy, membership) === wanted) ? true : undefined
  })
}
