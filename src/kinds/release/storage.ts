import { type JsonObject, valueAt } from '../../core/json.ts'
import { SlipwayError } from '../../core/problem.ts'
import type { Kubernetes } from '../../kubernetes/port.ts'

/** One revision of a release, from the labels of the Secret in which helm keeps it; its content is not looked at. */
export interface Revision {
  readonly number: number
  /** `deployed`, `failed`, `superseded`, `pending-upgrade`, … */
  readonly status: string
  readonly secret: string
  readonly resourceVersion: string
  /** When helm last wrote it, milliseconds since 1970. */
  readonly touched: number
}

/** All revisions of a release, newest first (storage format of Helm 3 and 4). @throws KubernetesError */
export const revisionsOf = async (
  writer: Kubernetes,
  namespace: string,
  release: string,
): Promise<readonly Revision[]> => {
  const labelSelector = `owner=helm,name=${release}`
  const secrets = await writer.list(`/api/v1/namespaces/${namespace}/secrets`, { labelSelector })
  return secrets.map(revisionIn).sort((a, b) => b.number - a.number)
}

const revisionIn = (secret: JsonObject): Revision => {
  const label = (key: string): string => String(valueAt(secret, ['metadata', 'labels', key]) ?? '')
  const created = Date.parse(String(valueAt(secret, ['metadata', 'creationTimestamp'])))
  const seconds = Math.max(Number(label('modifiedAt')) || 0, Number(label('createdAt')) || 0)
  return {
    number: Number(label('version')),
    status: label('status'),
    secret: String(valueAt(secret, ['metadata', 'name'])),
    resourceVersion: String(valueAt(secret, ['metadata', 'resourceVersion'])),
    touched: Math.max(seconds * 1000, Number.isNaN(created) ? 0 : created),
  }
}

/** What healing needs to know. */
export interface Healing {
  readonly writer: Kubernetes
  readonly namespace: string
  readonly release: string
  readonly timeoutSeconds: number
  /** True if the Lease of a holder that fell silent was taken over: the stuck revision is its. */
  readonly takenOver: boolean
  /** The revision that a run began which let the Lease go without bringing it to its end: its helm ended before that. */
  readonly begun: number | undefined
  readonly now: number
}

/**
 * Takes away the record of an operation that was killed, so that helm works again; nothing else is lost, since helm
 * takes over objects that carry the release's annotations (measured for every moment of a kill). Only the holder of
 * the Lease may call it. True if there was one. @throws SlipwayError if somebody may still be at it.
 */
export const heal = async ({
  writer,
  namespace,
  release,
  timeoutSeconds,
  takenOver,
  begun,
  now,
}: Healing): Promise<boolean> => {
  const [last] = await revisionsOf(writer, namespace, release)
  if (last === undefined || !(last.status.startsWith('pending-') || last.status === 'uninstalling'))
    return false
  const isOurs = takenOver || last.number === begun
  if (!isOurs && now - last.touched <= timeoutSeconds * 2000)
    throw new SlipwayError(
      `Release ${release} in ${namespace} is ${last.status} since ${new Date(last.touched).toISOString()}: somebody else may be running helm.`,
      {
        advice: `Wait until that ends. If nobody is, run this again after ${Math.ceil((timeoutSeconds * 2) / 60)} minutes: it is then put right.`,
      },
    )
  await writer.remove(`/api/v1/namespaces/${namespace}/secrets/${last.secret}`, {
    resourceVersion: last.resourceVersion,
  })
  return true
}
