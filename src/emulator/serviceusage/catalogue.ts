/** Services that can be enabled, with those that enabling them enables too (Service Usage calls them dependencies). */
const dependencies: Readonly<Record<string, readonly string[]>> = {
  'cloudresourcemanager.googleapis.com': [],
  'compute.googleapis.com': ['oslogin.googleapis.com'],
  'container.googleapis.com': ['compute.googleapis.com', 'artifactregistry.googleapis.com'],
  'artifactregistry.googleapis.com': [],
  'dns.googleapis.com': [],
  'iam.googleapis.com': ['iamcredentials.googleapis.com'],
  'iamcredentials.googleapis.com': [],
  'iap.googleapis.com': [],
  'logging.googleapis.com': [],
  'monitoring.googleapis.com': [],
  'oslogin.googleapis.com': [],
  'secretmanager.googleapis.com': [],
  'servicenetworking.googleapis.com': [],
  'serviceusage.googleapis.com': [],
  'sqladmin.googleapis.com': [],
  'storage.googleapis.com': [],
  'sts.googleapis.com': [],
}

/** All service names, in order. */
export const knownServices = Object.keys(dependencies).sort()

/** The service and everything that comes with it; undefined for a service that does not exist. */
export function withDependencies(service: string): readonly string[] | undefined {
  const direct = dependencies[service]
  return direct && [service, ...direct.flatMap(each => withDependencies(each) ?? [])]
}
