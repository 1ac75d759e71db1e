import type { Difference } from './compare.ts'
import { emulatedClusters, emulatedCompute, emulatedPolicies, oldAutopilot, oldRoutes } from './members.ts'
import type { Judged } from './replay.ts'

/** A known difference: of which recording and API, at which member, and why it stays. */
interface Explained {
  readonly of: RegExp
  readonly at: RegExp | ReadonlySet<string>
  readonly why: string
}

const entry = (of: RegExp, at: Explained['at'], why: string): Explained => ({ of, at, why })

/**
 * By `RECORDING API` and `kind path`. Everything that differs must be found here; what Google answers today, and a
 * recording shows, belongs into the emulator instead.
 */
const real: readonly Explained[] = [
  entry(
    /^c7n\/gke-cluster-query /,
    oldRoutes,
    'a routes-based cluster of 2019, before VPC-native was the default',
  ),
  entry(
    /^c7n\/gke-cluster-set-label /,
    oldAutopilot,
    'an Autopilot cluster of 2023 whose pools have come and gone; its history is not in the recording',
  ),
  entry(
    /^c7n\/service-get /,
    /^missing config\.(title|apis|documentation|quota|authentication|usage|endpoints|monitor(ing|edResources))$|^value state$/,
    'services here have a name only, and those that Slipway does not know are on or not there; nobody asks for more',
  ),
  entry(
    /^c7n\/sqluser-query /,
    /kind$/,
    'the list said its kind in 2019; in 2026 it does not (c7n/sql-backup-run-delete)',
  ),
]

const theirs = 'an answer of the recording project’s own emulator; the real recordings are as ours'

/** The same for answers that are not Google's own (grade G). */
const secondHand: readonly Explained[] = [
  entry(
    /^(sql|servicenetworking)\/\S+ compute$/,
    /^(status|extra subnetworks$)/,
    'one placeholder stands for two resources: the second meets the first',
  ),
  entry(
    / sql$/,
    /^extra (settings\.|includeReplicas|geminiConfig)/,
    'c7n/sql-backup-run-delete of 2026, which is real, has it',
  ),
  entry(
    / sql$/,
    /upgradableDatabaseVersions|replicationLogArchivingEnabled/,
    'of the versions that there were at the time',
  ),
  entry(/ sql$/, /ipAddresses/, 'c7n/sql-backup-run-delete of 2026, which is real, has no OUTGOING address'),
  entry(
    /^iam\/iamserviceaccountkey\/\S+ iam$/,
    /^(value name|status )$/,
    'a placeholder stands for the id that the key got',
  ),
  entry(
    /^serviceusage\/service/,
    /^(status |(value|missing|extra) (error\.(details|errors|message)|name|labels|parent|metadata\.(@type|value|resourceNames)|response\.service\.(name|parent|config)))$/,
    'the service has been shut down, and the recording made its project itself',
  ),
  entry(/ container$/, emulatedClusters, theirs),
  entry(/ compute$/, emulatedCompute, theirs),
  entry(/ cloudresourcemanager$/, emulatedPolicies, theirs),
]

const isAt = (at: Explained['at'], text: string): boolean =>
  at instanceof RegExp ? at.test(text) : at.has(text)

/** Why a difference stays; undefined for one that nobody has explained. */
export const explained = (
  { name, grade }: { readonly name: string; readonly grade: string },
  { api }: Judged,
  { kind, path }: Difference,
): string | undefined =>
  (grade === 'G' ? [...real, ...secondHand] : real).find(
    ({ of, at }) => of.test(`${name} ${api}`) && isAt(at, `${kind} ${path.replace(/^clusters\[\]\./, '')}`),
  )?.why
