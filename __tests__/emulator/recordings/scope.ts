import { createRouter, type Match } from '../../../src/emulator/router.ts'
import { routes } from '../../../src/emulator/routes.ts'
import type { Exchange, Recording } from './exchange.ts'

const router = createRouter(routes)

/** First parts of paths on the emulator, by the first part of Google's host. */
const prefixes: Readonly<Record<string, string>> = {
  container: '/container/',
  sqladmin: '/sql/',
  compute: '/compute/',
  iam: '/iam/',
  cloudresourcemanager: '/cloudresourcemanager/',
  serviceusage: '/serviceusage/',
  secretmanager: '/secretmanager/',
}

/** Why a request is not among those that the emulator answers: the first that fits. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/^\w+ (pubsub|cloudkms|composer|storage|iap|cloudbilling)\b/, 'Slipway uses nothing of this API'],
  [/^\w+ servicenetworking\b/, 'Slipway makes no private services access: the network is somebody else’s'],
  [/instanceGroupManagers/, 'Slipway reads node counts from the node pool, not from instance groups'],
  [/compute .*(disks|resourcePolicies|zones\/[^/]+\/operations|snapshots)/, 'Slipway has no kind for disks'],
  [/compute .*(networks|subnetworks|routes)/, 'Slipway reads networks, and makes none'],
  [/cloudresourcemanager (v1\/projects$|v1\/operations|v1\/projects\/[^/:]+$)/, 'Slipway makes no projects'],
  [/GET iam .*\/keys\//, 'Slipway looks whether there are keys, not into one'],
  [/PUT sqladmin .*\/databases\//, 'Slipway changes databases by PATCH'],
  [/sqladmin .*(clone|backupRuns)/, 'Slipway starts backups by operation only, and clones nothing'],
]

/** Where a request goes on the emulator; or why nowhere. */
export type Scoped = { readonly match: Match; readonly api: string; readonly path: string } | string

/** Why none of a recording is replayed: it is about something that Slipway never makes. */
export const wholly = ({ grade, exchanges }: Recording): string | undefined =>
  grade.startsWith('G') && exchanges.some(({ body }) => /^MYSQL/.test(String(body?.databaseVersion)))
    ? 'MySQL: Slipway makes PostgreSQL only'
    : undefined

/** Finds the emulator's route for an exchange. */
export const scoped = ({ method, host, path }: Exchange): Scoped => {
  const prefix = prefixes[host]
  const url = `${prefix}${path.replace(/^v1beta1\//, 'v1/')}`
  const located = prefix === undefined ? undefined : router.locate(url)
  const match = located && router.match(located.api, method, located.path)
  if (match !== undefined && located !== undefined) return { match, api: located.api, path: url.slice(1) }
  const request = `${method} ${host} ${path}`
  const reason = reasons.find(([pattern]) => pattern.test(request))?.[1]
  if (reason === undefined) throw new Error(`nobody said why this is not emulated: ${request}`)
  return reason
}
