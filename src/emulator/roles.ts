/** Permission patterns of the predefined roles that planner and applier hold; `*` stands for any text. */
const roles: Readonly<Record<string, readonly string[]>> = {
  'roles/owner': ['*'],
  'roles/browser': ['resourcemanager.projects.get', 'resourcemanager.projects.getIamPolicy'],
  'roles/serviceusage.serviceUsageViewer': [
    'serviceusage.services.get',
    'serviceusage.services.list',
    'serviceusage.operations.*',
  ],
  'roles/serviceusage.serviceUsageAdmin': ['serviceusage.*'],
  'roles/iam.securityReviewer': ['*.getIamPolicy', '*.list', 'iam.serviceAccounts.get'],
  'roles/iam.serviceAccountAdmin': [
    'iam.serviceAccounts.create',
    'iam.serviceAccounts.delete',
    'iam.serviceAccounts.disable',
    'iam.serviceAccounts.enable',
    'iam.serviceAccounts.get',
    'iam.serviceAccounts.getIamPolicy',
    'iam.serviceAccounts.list',
    'iam.serviceAccounts.setIamPolicy',
    'iam.serviceAccounts.update',
    'resourcemanager.projects.get',
  ],
  'roles/iam.serviceAccountUser': [
    'iam.serviceAccounts.actAs',
    'iam.serviceAccounts.get',
    'iam.serviceAccounts.list',
  ],
  'roles/resourcemanager.projectIamAdmin': [
    'resourcemanager.projects.get',
    'resourcemanager.projects.getIamPolicy',
    'resourcemanager.projects.setIamPolicy',
  ],
  'roles/compute.viewer': ['compute.*.get', 'compute.*.list', 'compute.*.getIamPolicy'],
  'roles/compute.loadBalancerAdmin': [
    'compute.addresses.*',
    'compute.globalAddresses.*',
    'compute.networks.get',
    'compute.networks.list',
    'compute.subnetworks.get',
    'compute.subnetworks.list',
    'compute.regions.*',
    'compute.zones.*',
    'compute.projects.get',
    'compute.regionOperations.*',
    'compute.globalOperations.*',
  ],
  'roles/cloudsql.viewer': ['cloudsql.*.get', 'cloudsql.*.list'],
  'roles/cloudsql.admin': ['cloudsql.*'],
  'roles/secretmanager.viewer': [
    'secretmanager.secrets.get',
    'secretmanager.secrets.list',
    'secretmanager.secrets.getIamPolicy',
    'secretmanager.versions.get',
    'secretmanager.versions.list',
  ],
  'roles/secretmanager.admin': ['secretmanager.*'],
  'roles/container.viewer': ['container.*.get', 'container.*.list'],
  'roles/container.admin': ['container.*'],
}

/** What the planner's identity holds on a project. */
export const plannerRoles: readonly string[] = [
  'roles/browser',
  'roles/serviceusage.serviceUsageViewer',
  'roles/iam.securityReviewer',
  'roles/compute.viewer',
  'roles/cloudsql.viewer',
  'roles/secretmanager.viewer',
  'roles/container.viewer',
]

/** What the applier's identity holds on a project. */
export const applierRoles: readonly string[] = [
  'roles/serviceusage.serviceUsageAdmin',
  'roles/iam.serviceAccountAdmin',
  'roles/resourcemanager.projectIamAdmin',
  'roles/compute.loadBalancerAdmin',
  'roles/cloudsql.admin',
  'roles/secretmanager.admin',
  'roles/container.admin',
]

/** The permission patterns of a role; throws for a role that the emulator does not know. */
export function permissionsOf(role: string): readonly string[] {
  const found = roles[role]
  if (found === undefined) throw new Error(`the emulator has no permissions for ${role}: add it to roles.ts`)
  return found
}

/** Whether one of the patterns covers the permission. */
export const covers = (patterns: readonly string[], permission: string): boolean =>
  patterns.some(pattern => {
    const [head = '', ...rest] = pattern.split('*')
    const tail = rest.at(-1)
    if (tail === undefined) return pattern === permission
    return (
      permission.startsWith(head) &&
      permission.endsWith(tail) &&
      permission.length >= head.length + tail.length
    )
  })
