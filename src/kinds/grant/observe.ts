import type { Observed, Resource } from '../../core/resource.ts'
import type { GcpReader } from '../../gcp/port.ts'
import { unlessAbsent } from '../shared/calls.ts'
import { observeGroups } from '../shared/observe-groups.ts'
import { unseen } from '../shared/unseen.ts'
import { getPolicy, targetOf } from './api.ts'
import { holds } from './policy.ts'
import { membershipOf } from './spec.ts'

/** Looks at grants: one read for each policy. On a service account that is not there, there are none. */
export const observeGrants = (resources: readonly Resource[], gcp: GcpReader) =>
  observeGroups(resources, {
    group: ({ spec }) => targetOf(spec).identity,
    read: ({ spec }) => {
      const target = targetOf(spec)
      return target.api === 'iam' ? unlessAbsent(() => getPolicy(gcp, target)) : getPolicy(gcp, target)
    },
    one: ({ spec }, policy): Observed =>
      policy !== undefined && holds(policy, membershipOf(spec))
        ? { state: 'present', spec, outputs: {} }
        : { state: 'absent' },
    missed: ({ address, spec }, error) => {
      const { api, project } = targetOf(spec)
      const permission =
        api === 'iam' ? 'iam.serviceAccounts.getIamPolicy' : 'resourcemanager.projects.getIamPolicy'
      return unseen(error, { address, project, permission, role: 'roles/iam.securityReviewer' })
    },
  })
