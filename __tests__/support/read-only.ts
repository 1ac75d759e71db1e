import type { Cloud } from '../../src/emulator/cloud.ts'
import type { RequestEntry } from '../../src/emulator/index.ts'

const readsByPost = /:(getIamPolicy|testIamPermissions)$/
const secretPayload = /:access$|:generateAccessToken$|:sign(Jwt|Blob)$/

/** Plans that were held against law 6 so far, and those of them that only read. */
export const readOnlyPlans = { count: 0, held: 0 }

const isRead = ({ httpMethod, path }: RequestEntry): boolean =>
  (httpMethod === 'GET' || (httpMethod === 'POST' && readsByPost.test(path))) && !secretPayload.test(path)

/** Law 6, from the other side. Throws for any request by the planner that could write, or could read a secret. */
export const assertReadOnly = (
  entries: readonly RequestEntry[],
  cloud: Cloud | undefined,
  planner: string,
): void => {
  readOnlyPlans.count++
  const wrong = entries.filter(entry => entry.identity === planner && !isRead(entry))
  const foreign = [...(cloud?.clusters.values() ?? [])]
    .flatMap(({ audit }) => audit)
    .filter(
      ({ user, verb, resource }) =>
        user === planner && (!['get', 'list', 'watch'].includes(verb) || /^secrets\b/.test(resource)),
    )
  const named = [
    ...wrong.map(({ httpMethod, url }) => `${httpMethod} ${url}`),
    ...foreign.map(({ verb, resource, namespace, name }) => `${verb} ${resource} ${namespace}/${name}`),
  ]
  if (named.length > 0) throw new Error(`a plan sent ${named.join(', ')}`)
  readOnlyPlans.held++
}
