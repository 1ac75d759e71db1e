/** The Google APIs that the emulator answers for. */
export type ApiName =
  | 'container'
  | 'sql'
  | 'iam'
  | 'cloudresourcemanager'
  | 'serviceusage'
  | 'compute'
  | 'secretmanager'
  | 'iamcredentials'
  | 'sts'

/** How an API is found on the server and what it is called. */
export interface Api {
  /** First part of the path on this server, with both slashes. */
  readonly prefix: string
  /** Name of the project service that must be enabled. */
  readonly service: string
  readonly title: string
  /** Requests a minute that a project may send by default; the source is each API's quota page. */
  readonly perMinute: number
}

/** All APIs. The part after the prefix is the path of the API's own description. */
export const apis: Readonly<Record<ApiName, Api>> = {
  container: {
    prefix: '/container/',
    service: 'container.googleapis.com',
    title: 'Kubernetes Engine API',
    perMinute: 600,
  },
  sql: {
    prefix: '/sql/',
    service: 'sqladmin.googleapis.com',
    title: 'Cloud SQL Admin API',
    perMinute: 180,
  },
  iam: {
    prefix: '/iam/',
    service: 'iam.googleapis.com',
    title: 'Identity and Access Management (IAM) API',
    perMinute: 6000,
  },
  cloudresourcemanager: {
    prefix: '/cloudresourcemanager/',
    service: 'cloudresourcemanager.googleapis.com',
    title: 'Cloud Resource Manager API',
    perMinute: 600,
  },
  serviceusage: {
    prefix: '/serviceusage/',
    service: 'serviceusage.googleapis.com',
    title: 'Service Usage API',
    perMinute: 240,
  },
  compute: {
    prefix: '/compute/compute/v1/',
    service: 'compute.googleapis.com',
    title: 'Compute Engine API',
    perMinute: 1500,
  },
  secretmanager: {
    prefix: '/secretmanager/',
    service: 'secretmanager.googleapis.com',
    title: 'Secret Manager API',
    perMinute: 600,
  },
  iamcredentials: {
    prefix: '/iamcredentials/',
    service: 'iamcredentials.googleapis.com',
    title: 'IAM Service Account Credentials API',
    perMinute: 60_000,
  },
  sts: {
    prefix: '/sts/',
    service: 'sts.googleapis.com',
    title: 'Security Token Service API',
    perMinute: 6000,
  },
}

/** The names of all APIs. */
export const apiNames = Object.keys(apis) as readonly ApiName[]
