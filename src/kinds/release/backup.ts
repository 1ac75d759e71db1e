import { SlipwayError } from '../../core/problem.ts'
import type { Gcp } from '../../gcp/port.ts'
import type { Work } from '../kind.ts'
import { text } from '../kind.ts'
import { chartOf } from './spec.ts'

interface BackupRun {
  readonly id?: string
  readonly description?: string
  readonly status?: string
}

/**
 * Takes a backup of the database before another chart version may migrate it, once for each upgrade (sqladmin v1,
 * backupRuns.insert). Gives its id; undefined if the release names no database. @throws GcpError, SlipwayError
 */
export const backUp = async (work: Work, gcp: Gcp, from: string): Promise<string | undefined> => {
  const { backupBefore } = work.spec
  if (typeof backupBefore !== 'string') return undefined
  const connection = work.outputs(backupBefore)?.connectionName
  const [project, , instance] = String(connection ?? '').split(':')
  if (project === undefined || instance === undefined)
    throw new SlipwayError(
      `${work.address}: ${backupBefore} has no connection name, so it cannot be backed up first.`,
      {
        advice: 'Plan again; if it stays so, take the backup by hand and leave `backupBefore` out for once.',
      },
    )
  const path = `/v1/projects/${project}/instances/${instance}/backupRuns`
  const description = `slipway: ${text(work.spec, 'release')} ${from} to ${chartOf(work.spec).version}`
  const find = async (): Promise<BackupRun | undefined> =>
    (await gcp.list<BackupRun>('sqladmin', path, 'items')).find(
      run => run.description === description && run.status !== 'FAILED' && run.status !== 'SKIPPED',
    )
  const existing = await find()
  if (existing?.status === 'SUCCESSFUL') return existing.id
  work.progress(`backing up ${instance} first`)
  if (existing === undefined) await order(gcp, project, path, description, find, work.progress)
  const run = await gcp.until(`the backup of ${instance}`, 1800, async () => {
    const found = await find()
    return found?.status === 'SUCCESSFUL' ? found : undefined
  })
  return run.id
}

const order = async (
  gcp: Gcp,
  project: string,
  path: string,
  description: string,
  find: () => Promise<BackupRun | undefined>,
  progress: (text: string) => void,
): Promise<void> => {
  const { name } = await gcp.write<{ readonly name?: string }>({
    method: 'POST',
    api: 'sqladmin',
    path,
    body: { description },
    lookUp: async () => ((await find()) === undefined ? undefined : {}),
  })
  if (name !== undefined) await gcp.wait('sqladmin', `/v1/projects/${project}/operations/${name}`, progress)
}
