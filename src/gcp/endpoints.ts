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

/** True if any API is pointed elsewhere: the run talks to an emulator or to private endpoints. */
export const isOverridden = (env: NodeJS.ProcessEnv): boolean =>
  (Object.keys(hosts) as Api[]).some(api => Boolean(env[overrideVariable(api)]))
