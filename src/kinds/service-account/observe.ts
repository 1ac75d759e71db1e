import type { Observed, Resource } from '../../core/resource.ts'
import type { GcpReader } from '../../gcp/port.ts'
import { text } from '../kind.ts'
import { observeGroups } from '../shared/observe-groups.ts'
import { unseen } from '../shared/unseen.ts'
import { type Account, accountSpecOf, emailOf, listAccounts, splitDescription } from './api.ts'

/** Looks at service accounts: one list a project. */
export const observeAccounts = (resources: readonly Resource[], gcp: GcpReader) =>
  observeGroups(resources, {
    group: ({ spec }) => text(spec, 'project'),
    read: ({ spec }) => listAccounts(gcp, text(spec, 'project')),
    one: (resource, accounts): Observed => {
      const account = accounts.get(emailOf(text(resource.spec, 'id'), text(resource.spec, 'project')))
      return account === undefined ? { state: 'absent' } : present(resource, account)
    },
    missed: ({ address, spec }, error) =>
      unseen(error, {
        address,
        project: text(spec, 'project'),
        permission: 'iam.serviceAccounts.list',
        role: 'roles/iam.securityReviewer',
      }),
  })

const present = ({ spec }: Resource, account: Account): Observed => ({
  state: 'present',
  spec: { project: text(spec, 'project'), id: text(spec, 'id'), ...accountSpecOf(account) },
  outputs: { email: account.email },
  mark: splitDescription(account.description).mark,
})
