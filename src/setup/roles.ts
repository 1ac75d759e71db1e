import type { Part } from './names.ts'

/** A role of an identity on its project, and what it is for. */
export interface RoleUse {
  readonly role: string
  readonly use: string
}

/** Roles of the two identities. The planner has none that shows a secret. */
export const roleUses: Readonly<Record<Part, readonly RoleUse[]>> = {
  planner: [
    { role: 'roles/browser', use: 'the project itself, its policy' },
    { role: 'roles/serviceusage.serviceUsageViewer', use: 'which APIs are on' },
    { role: 'roles/iam.securityReviewer', use: 'service accounts and policies' },
    { role: 'roles/compute.viewer', use: 'addresses' },
    { role: 'roles/cloudsql.viewer', use: 'instances, databases, users' },
    { role: 'roles/secretmanager.viewer', use: 'names and versions of secrets' },
    { role: 'roles/container.viewer', use: 'clusters, and what is in them but Secrets' },
  ],
  applier: [
    { role: 'roles/serviceusage.serviceUsageAdmin', use: 'switching APIs on' },
    { role: 'roles/iam.serviceAccountAdmin', use: 'service accounts and the grants on them' },
    { role: 'roles/compute.loadBalancerAdmin', use: 'addresses' },
    { role: 'roles/cloudsql.admin', use: 'instances, databases, users, backups' },
    { role: 'roles/secretmanager.admin', use: 'generating secrets, reading those that releases take' },
    {
      role: 'roles/container.admin',
      use: 'clusters, and what is in them: Kubernetes refuses to grant more than one holds, and charts make wide ClusterRoles',
    },
  ],
}

/** The applier's right to change the project's policy; only with a condition that names the roles. */
export const grantingRole = 'roles/resourcemanager.projectIamAdmin'

/** What the custom role of the planner holds: the DNS endpoint of a cluster asks for it. */
export const connectPermissions: readonly string[] = ['container.clusters.connect']

/** APIs that Slipway cannot switch on for itself; the others are in the environment files. */
export const ownServices: readonly string[] = [
  'serviceusage.googleapis.com',
  'cloudresourcemanager.googleapis.com',
  'iam.googleapis.com',
  'iamcredentials.googleapis.com',
  'sts.googleapis.com',
]

const consequences: readonly (readonly [pattern: RegExp, consequence: string])[] = [
  [/^roles\/(owner|editor)$/, 'change nearly everything in the project, and read its secrets'],
  [/^roles\/viewer$/, 'read nearly everything in the project, data of some services included'],
  [/^roles\/secretmanager\.(admin|secretAccessor)$/, 'read the payload of every secret'],
  [/^roles\/container\.(admin|developer)$/, 'read Kubernetes Secrets and start pods as any workload'],
  [/^roles\/container\./, 'change clusters'],
  [
    /^roles\/iam\.(serviceAccountTokenCreator|workloadIdentityUser|serviceAccountOpenIdTokenCreator)$/,
    'act as any service account of the project, the applier too',
  ],
  [
    /^roles\/iam\.(serviceAccountUser|serviceAccountAdmin|serviceAccountKeyAdmin)$/,
    'take over service accounts of the project, the applier too',
  ],
  [/^roles\/iam\.workloadIdentityPoolAdmin$/, 'change whom the project trusts'],
  [/^roles\/(resourcemanager|iam)\./, 'give roles to itself and to others'],
  [/^roles\/cloudsql\.(admin|editor|client|instanceUser)$/, 'reach databases'],
  [/^roles\/storage\./, 'reach what is in buckets'],
  [/Admin$|\.admin$|\.editor$/, 'change what it should only read'],
]

/** What a role lets somebody do, after "may"; undefined for a role that is not known to be dangerous. */
export const consequenceOf = (role: string): string | undefined =>
  consequences.find(([pattern]) => pattern.test(role))?.[1]

/** Roles that make whoever may grant them the owner of the project in the end. */
export const isTakeover = (role: string): boolean =>
  /^roles\/(owner|editor)$/.test(role) ||
  /^roles\/(resourcemanager|iam)\..*(Admin|Creator|User)$/.test(role) ||
  /^roles\/iam\.securityAdmin$/.test(role)
