import { backupDescription, backupPrefix } from '../../core/backup.ts'
import { SlipwayError } from '../../core/problem.ts'
import { type ApplyingPorts, text, type Work } from '../kind.ts'
import type { HeldLease } from './lease.ts'
import { chartOf } from './spec.ts'

interface BackupRun {
  readonly id?: string
  readonly description?: string
  readonly status?: string
  readonly enqueuedTime?: string
  readonly endTime?: string
  readonly error?: { readonly message?: string }
}

/** The backup of one upgrade. */
export interface Backup {
  readonly id: string | undefined
  /** When the one before it was ordered, by Cloud SQL's clock: what is younger is of this upgrade, also after a kill. */
  readonly after: string
}

/** Who needs a backup. */
export interface BackupFor {
  readonly work: Work
  readonly ports: Pick<ApplyingPorts, 'gcp' | 'run'>
  readonly lease: Pick<HeldLease, 'backup' | 'wasLeft' | 'backUp'>
}

/** Old servers go on writing: what a backup lacks of that is lost with it. Milliseconds. */
const fresh = 3_600_000

/** Nothing can be restored from these, or soon nothing can (sqladmin v1, SqlBackupRunStatus). */
const lost = new Set(['FAILED', 'SKIPPED', 'DELETION_PENDING', 'DELETION_FAILED', 'DELETED'])

/**
 * Takes a backup of the database before another chart version may migrate it, once for each upgrade: the Lease remembers
 * which one it is (sqladmin v1, backupRuns.insert). Undefined if the release names no database.
 * @throws GcpError, KubernetesError, SlipwayError
 */
export const backUp = async (site: BackupFor, from: string): Promise<Backup | undefined> => {
  const { work, lease } = site
  if (typeof work.spec.backupBefore !== 'string') return undefined
  const place = placeOf(work, work.spec.backupBefore)
  const runs = await runsOf(site, place)
  const begun = lease.backup
  if (begun !== undefined && stillCounts(newest(runs, begun), site))
    return { id: await ended(site, place, begun), after: begun }
  const after = newest(runs)?.enqueuedTime ?? new Date(0).toISOString()
  await lease.backUp(after)
  work.progress(`backing up ${place.instance} first`)
  await order(site, place, { after, from })
  return { id: await ended(site, place, after), after }
}

/**
 * True for a backup that this upgrade, begun by an earlier run, has already. Once helm has been at it the new server may
 * have run: only what was taken before that is from before. Until then it is good for as long as it is fresh.
 */
const stillCounts = (run: BackupRun | undefined, { lease, ports }: BackupFor): boolean => {
  if (run === undefined || isLost(run)) return false
  if (run.status !== 'SUCCESSFUL' || lease.wasLeft) return true
  return ports.run.clock.now() - Date.parse(String(run.endTime ?? run.enqueuedTime)) <= fresh
}

const isLost = ({ status }: BackupRun): boolean => lost.has(String(status))

interface Place {
  readonly project: string
  readonly instance: string
  readonly path: string
}

const placeOf = ({ address, outputs }: Work, backupBefore: string): Place => {
  const [project, , instance] = String(outputs(backupBefore)?.connectionName ?? '').split(':')
  if (project === undefined || instance === undefined)
    throw new SlipwayError(
      `${address}: ${backupBefore} has no connection name, so it cannot be backed up first.`,
      {
        advice: 'Plan again; if it stays so, take the backup by hand and leave `backupBefore` out for once.',
      },
    )
  return { project, instance, path: `/v1/projects/${project}/instances/${instance}/backupRuns` }
}

/** All backups before upgrades of this release. */
const runsOf = async ({ work, ports }: BackupFor, { path }: Place): Promise<readonly BackupRun[]> => {
  const runs = await ports.gcp.list<BackupRun>('sqladmin', path, 'items')
  return runs.filter(
    ({ description }) => description?.startsWith(backupPrefix(text(work.spec, 'release'))) ?? false,
  )
}

const orderedAt = ({ enqueuedTime }: BackupRun): number => Date.parse(String(enqueuedTime)) || 0

/** The last that was ordered, later than `after`. */
const newest = (runs: readonly BackupRun[], after?: string): BackupRun | undefined =>
  runs
    .filter(run => after === undefined || orderedAt(run) > Date.parse(after))
    .toSorted((a, b) => orderedAt(b) - orderedAt(a))[0]

/** The id of the backup of an upgrade once it has ended well. */
const ended = async (site: BackupFor, place: Place, after: string): Promise<string | undefined> => {
  const run = await site.ports.gcp.until(`the backup of ${place.instance}`, 1800, async () => {
    const found = newest(await runsOf(site, place), after)
    if (found !== undefined && isLost(found))
      throw new SlipwayError(
        `${site.work.address}: the backup of ${place.instance} that has to come first is ${found.status}${wordsOf(found)}.`,
        { advice: 'The release was not touched. Apply again: that takes another one.' },
      )
    return found?.status === 'SUCCESSFUL' ? found : undefined
  })
  return run.id
}

const wordsOf = ({ error }: BackupRun): string => (error?.message === undefined ? '' : ` (${error.message})`)

const order = async (
  site: BackupFor,
  place: Place,
  { after, from }: { readonly after: string; readonly from: string },
): Promise<void> => {
  const { work, ports } = site
  const { name } = await ports.gcp.write<{ readonly name?: string }>({
    method: 'POST',
    api: 'sqladmin',
    path: place.path,
    body: { description: backupDescription(text(work.spec, 'release'), from, chartOf(work.spec).version) },
    lookUp: async () => (newest(await runsOf(site, place), after) === undefined ? undefined : {}),
  })
  if (name !== undefined)
    await ports.gcp.wait('sqladmin', `/v1/projects/${place.project}/operations/${name}`, work.progress)
}
