import { changedPolicy, policyView, requestedVersion } from '../policy.ts'
import type { Route } from '../route.ts'
import {
  createAccount,
  deleteAccount,
  findAccount,
  getAccount,
  listAccounts,
  patchAccount,
  switchAccount,
} from './service-accounts.ts'

/** IAM API v1: service accounts and the policies on them. */
export const iamRoutes: readonly Route[] = [
  {
    api: 'iam',
    method: 'iam.projects.serviceAccounts.create',
    permission: 'iam.serviceAccounts.create',
    handle: createAccount,
  },
  {
    api: 'iam',
    method: 'iam.projects.serviceAccounts.get',
    permission: 'iam.serviceAccounts.get',
    handle: getAccount,
  },
  {
    api: 'iam',
    method: 'iam.projects.serviceAccounts.list',
    permission: 'iam.serviceAccounts.list',
    handle: listAccounts,
  },
  {
    api: 'iam',
    method: 'iam.projects.serviceAccounts.patch',
    permission: 'iam.serviceAccounts.update',
    handle: patchAccount,
  },
  {
    api: 'iam',
    method: 'iam.projects.serviceAccounts.disable',
    permission: 'iam.serviceAccounts.disable',
    handle: switchAccount(true),
  },
  {
    api: 'iam',
    method: 'iam.projects.serviceAccounts.enable',
    permission: 'iam.serviceAccounts.enable',
    handle: switchAccount(false),
  },
  {
    api: 'iam',
    method: 'iam.projects.serviceAccounts.delete',
    permission: 'iam.serviceAccounts.delete',
    handle: deleteAccount,
  },
  {
    api: 'iam',
    method: 'iam.projects.serviceAccounts.getIamPolicy',
    permission: 'iam.serviceAccounts.getIamPolicy',
    handle: call => policyView(findAccount(call).account.policy, requestedVersion(call.body, call.query)),
  },
  {
    api: 'iam',
    method: 'iam.projects.serviceAccounts.setIamPolicy',
    permission: 'iam.serviceAccounts.setIamPolicy',
    handle(call) {
      const { account } = findAccount(call)
      const { policy } = account
      account.policy = changedPolicy(call.world, policy, call.body)
      account.replaced = { policy, at: call.world.clock.now() }
      return policyView(account.policy, 3)
    },
  },
]
