import { badRequest } from './errors.ts'
import { textAt } from './json.ts'
import type { Store } from './store.ts'

const prefixes =
  /^(allUsers|allAuthenticatedUsers|(user|group|domain|serviceAccount|deleted|projectOwner|projectEditor|projectViewer|principal|principalSet):.+)$/

/** Only accounts in projects that are emulated can be known not to exist: all others belong to somebody. */
const isForeign = (store: Store, email: string): boolean => {
  const project = /@([^.]+)\.iam\.gserviceaccount\.com$/.exec(email)?.[1]
  return project === undefined || store.find(project) === undefined
}

/** Whether a cluster of the project has made its workload identity pool exist. */
function poolExists(store: Store, projectId: string): boolean {
  const clusters = store.find(projectId)?.clusters.values() ?? []
  return [...clusters].some(
    cluster =>
      textAt(cluster, 'workloadIdentityConfig', 'workloadPool') === `${projectId}.svc.id.goog` &&
      textAt(cluster, 'status') !== 'PROVISIONING',
  )
}

/** Throws 400, in Google's words, for a member that no policy can name now. */
export function checkMember(store: Store, member: string): void {
  if (!prefixes.test(member)) throw badRequest(`The member ${member} is of an unknown type.`)
  if (!member.startsWith('serviceAccount:')) return
  const name = member.slice('serviceAccount:'.length)
  const pool = /^(.+)\.svc\.id\.goog\[[^/\]]+\/[^/\]]+\]$/.exec(name)?.[1]
  if (pool !== undefined) {
    if (poolExists(store, pool)) return
    throw badRequest(
      `Identity Pool does not exist (${pool}.svc.id.goog). Please check that you specified a valid resource name ` +
        'as returned in the `name` attribute in the configuration API.',
    )
  }
  if (!isForeign(store, name) && store.serviceAccount(name) === undefined) {
    throw badRequest(`Service account ${name} does not exist.`)
  }
}
