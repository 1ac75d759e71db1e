import { isLoopback } from '../http/dispatcher.ts'
import type { Api } from './port.ts'

const hosts: Readonly<Record<Api, string>> = {
  serviceusage: 'https://serviceusage.googleapis.com/',
  container: 'https://container.googleapis.com/',
  iam: 'https://iam.googleapis.com/',
  cloudresourcemanager: 'https://cloudresourcemanager.googleapis.com/',
  secretmanager: 'https://secretmanager.googleapis.com/',
  sqladmin: 'https://sqladmin.googleapis.com/',
  compute: 'https://compute.googleapis.com/compute/v1/',
  iamcredentials: 'https://iamcredentials.googleapis.com/',
  sts: 'https://sts.googleapis.com/',
}

/** The variable by which gcloud users point an API elsewhere (gcloud topic configurations, api_endpoint_overrides). */
export const overrideVariable = (api: Api): string =>
  `CLOUDSDK_API_ENDPOINT_OVERRIDES_${api === 'sqladmin' ? 'SQL' : api.toUpperCase()}`

/** The base address of an API, with a slash at its end. Compute's holds `compute/v1/`, as gcloud's does. */
export const endpointOf = (api: Api, env: NodeJS.ProcessEnv): string => {
  const base = env[overrideVariable(api)] || hosts[api]
  return base.endsWith('/') ? base : `${base}/`
}

/** True if the Google APIs are pointed at this machine: the run talks to an emulator, and so may fetch charts from one. */
export const isOnLoopback = (env: NodeJS.ProcessEnv): boolean =>
  isLoopback(new URL(endpointOf('container', env)).hostname)
