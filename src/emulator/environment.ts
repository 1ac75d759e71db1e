import { type ApiName, apiNames, apis } from './apis.ts'

/** Where an API answers on this server: what gcloud's endpoint overrides take. */
export const endpointOf = (url: string, api: ApiName): string => `${url}${apis[api].prefix}`

/**
 * The environment variables that make gcloud talk to this server: `CLOUDSDK_API_ENDPOINT_OVERRIDES_CONTAINER` and so
 * on, with a slash at the end as gcloud wants it.
 */
export function gcloudEnvironment(url: string): Readonly<Record<string, string>> {
  const entries = apiNames.map(
    api => [`CLOUDSDK_API_ENDPOINT_OVERRIDES_${api.toUpperCase()}`, endpointOf(url, api)] as const,
  )
  return Object.fromEntries(entries)
}
