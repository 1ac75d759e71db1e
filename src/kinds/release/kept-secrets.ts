import { isObject, type Json, type JsonObject, valueAt } from '../../core/json.ts'
import { SlipwayError } from '../../core/problem.ts'
import type { Kubernetes } from '../../kubernetes/port.ts'
import { text } from '../kind.ts'
import { belongsTo } from './live.ts'
import { isKept } from './spec.ts'

/**
 * Stops before helm would delete a Secret that the new objects still name: of a release that somebody else installed,
 * the chart may have made it from a value that is not in the file (a login, for one). Planning cannot see Secrets, so
 * this is looked at before the first write. @throws SlipwayError with the command that keeps it; KubernetesError
 */
export const requireSecretsKept = async (
  address: string,
  writer: Kubernetes,
  objects: readonly JsonObject[],
  spec: JsonObject,
): Promise<void> => {
  const namespace = text(spec, 'namespace')
  const made = new Set(objects.filter(({ kind }) => kind === 'Secret').map(nameOf))
  const named = new Set(objects.filter(({ kind }) => kind !== 'Secret').flatMap(textsIn))
  const live = await writer.list(`/api/v1/namespaces/${namespace}/secrets`, {
    labelSelector: 'app.kubernetes.io/managed-by=Helm',
  })
  const lost = live
    .filter(secret => belongsTo(secret, spec) && !isKept(secret))
    .map(nameOf)
    .filter(name => !made.has(name) && (named.has(name) || named.has(`${namespace}/${name}`)))
  const [first] = lost
  if (first === undefined) return
  throw new SlipwayError(
    `${address}: helm would delete the Secret ${lost.join(', ')}, which the release goes on using: an earlier revision made it from a value that is not in the file.`,
    {
      advice: `Nothing was written. Keep it: kubectl annotate secret ${first} --namespace ${namespace} helm.sh/resource-policy=keep`,
    },
  )
}

const nameOf = (object: JsonObject): string => String(valueAt(object, ['metadata', 'name']))

const textsIn = (value: Json): readonly string[] => {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  return isObject(value) ? Object.values(value).flatMap(textsIn) : []
}
