import { type JsonObject, valueAt } from '../../core/json.ts'
import { markLabel } from '../in-cluster.ts'

/** The label that names the release on its Lease. */
export const releaseLabel = 'slipway.dev/release'
/** What was applied last, `NAME VERSION`. */
export const chartAnnotation = 'slipway.dev/chart'
/** Who began to change the release and did not end well; there as long as it is not put right. */
export const unfinishedAnnotation = 'slipway.dev/unfinished'
/** What was begun, `AIM REVISION`; there as long as it is not put right. */
export const begunAnnotation = 'slipway.dev/begun'
/** When the last backup before that of the upgrade under way was ordered, by Cloud SQL's clock; there until the upgrade is over. */
export const backupAnnotation = 'slipway.dev/backup'
/** How long a holder may be silent before another one takes over, seconds. */
export const leaseSeconds = 60

/** The name of a release's Lease. It stays when the work is done, without a holder: it carries our mark. */
export const leaseName = (release: string): string => `slipway-${release}`

/** Where the Leases of a namespace are. */
export const leasesPath = (namespace: string): string =>
  `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`

/** Who holds a Lease; undefined: nobody. */
export const holderOf = (lease: JsonObject | undefined): string | undefined => {
  const holder = valueAt(lease, ['spec', 'holderIdentity'])
  return typeof holder === 'string' && holder !== '' ? holder : undefined
}

/** Who left the release unfinished; undefined: nobody. */
export const leftBy = (lease: JsonObject | undefined): string | undefined => {
  const left = valueAt(lease, ['metadata', 'annotations', unfinishedAnnotation])
  return typeof left === 'string' ? left : undefined
}

/** What a run told helm to do. */
export interface Begun {
  /** `aimOf` the release. */
  readonly aim: string
  /** The number of the revision that helm makes of it. */
  readonly revision: number
}

/** What the one who left the release unfinished had begun; undefined: nobody left it, or nothing is known of it. */
export const begunIn = (lease: JsonObject | undefined): Begun | undefined => {
  const said = valueAt(lease, ['metadata', 'annotations', begunAnnotation])
  const [, aim, revision] = /^(\S+) (\d+)$/.exec(typeof said === 'string' ? said : '') ?? []
  return aim === undefined || leftBy(lease) === undefined ? undefined : { aim, revision: Number(revision) }
}

/** After which time an upgrade that is not over ordered its backup; undefined: none did. */
export const backupIn = (lease: JsonObject | undefined): string | undefined => {
  const said = valueAt(lease, ['metadata', 'annotations', backupAnnotation])
  return typeof said === 'string' ? said : undefined
}

/** An apply that has not ended, in words; undefined: all is well. Whether one that holds the Lease is alive, a plan cannot know. */
export const unfinishedIn = (lease: JsonObject | undefined): string | undefined => {
  const [holder, left] = [holderOf(lease), leftBy(lease)]
  if (holder !== undefined) return `${holder} is applying it, or died while it did`
  return left === undefined ? undefined : `an earlier apply did not end (${left})`
}

/** True if the holder of a Lease has been silent for too long. `now` in milliseconds since 1970. */
export const isExpired = (lease: JsonObject, now: number): boolean => {
  const renewed = Date.parse(String(valueAt(lease, ['spec', 'renewTime'])))
  const seconds = Number(valueAt(lease, ['spec', 'leaseDurationSeconds']) ?? leaseSeconds)
  return Number.isNaN(renewed) || now - renewed > seconds * 1000
}

/** Kubernetes' MicroTime. */
export const microTime = (at: number): string => new Date(at).toISOString().replace('Z', '000Z')

/** A Lease that `holder` holds as of now; built on the live one if there is one. */
export const heldLease = (
  live: JsonObject | undefined,
  {
    release,
    environment,
    holder,
    now,
  }: { release: string; environment: string; holder: string; now: number },
): JsonObject => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: {
    name: leaseName(release),
    labels: { [markLabel]: environment, [releaseLabel]: release },
    annotations: valueAt(live, ['metadata', 'annotations']) ?? {},
    ...(live === undefined ? {} : { resourceVersion: valueAt(live, ['metadata', 'resourceVersion']) ?? '' }),
  },
  spec: {
    holderIdentity: holder,
    leaseDurationSeconds: leaseSeconds,
    acquireTime: microTime(now),
    renewTime: microTime(now),
  },
})
