import { type ApiName, apiNames, apis } from './apis.ts'
import type { Description, Method } from './description.ts'
import { description, methodOf } from './descriptions.ts'
import type { Route } from './route.ts'

/** A route that fits a request. */
export interface Match {
  readonly route: Route
  readonly api: Description
  readonly method: Method
  readonly params: Readonly<Record<string, string>>
}

/** Finds routes; see `createRouter`. */
export interface Router {
  /** The API that a path belongs to, and the path below its prefix. */
  readonly locate: (pathname: string) => { readonly api: ApiName; readonly path: string } | undefined
  readonly match: (api: ApiName, httpMethod: string, path: string) => Match | undefined
}

interface Compiled {
  readonly route: Route
  readonly api: Description
  readonly method: Method
  readonly pattern: RegExp
}

function compile(route: Route): Compiled {
  const name = route.description ?? route.api
  const method = methodOf(name, route.method)
  const source = method.path
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{(\w+)\}/g, (_, variable: string) => `(?<${variable}>[^/:]+)`)
  return { route, api: description(name), method, pattern: new RegExp(`^${source}$`) }
}

/** gcloud and Terraform call Cloud SQL under `sql/v1beta4`, with the bodies of v1. */
const plainPath = (path: string): string => path.replace(/^sql\/v1beta4\//, 'v1/')

function variables(groups: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> {
  const decoded = Object.entries(groups ?? {}).map(
    ([key, value]) => [key, decodeURIComponent(value)] as const,
  )
  return Object.fromEntries(decoded)
}

/** A router over these routes. Throws when a route's method is not in its description. */
export function createRouter(routes: readonly Route[]): Router {
  const compiled = routes.map(compile)
  return {
    locate(pathname) {
      const api = apiNames.find(name => pathname.startsWith(apis[name].prefix))
      return api && { api, path: plainPath(pathname.slice(apis[api].prefix.length)) }
    },
    match(api, httpMethod, path) {
      for (const { route, api: described, method, pattern } of compiled) {
        if (route.api !== api || method.httpMethod !== httpMethod) continue
        const found = pattern.exec(path)
        if (found) return { route, api: described, method, params: variables(found.groups) }
      }
      return undefined
    },
  }
}
