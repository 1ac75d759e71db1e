import { checkBackups } from './backups.ts'
import type { Check, Checked, Finding } from './check.ts'
import { checkCluster } from './cluster.ts'
import { checkDatabase } from './database.ts'
import { checkPlaces } from './places.ts'
import { checkPlainSecrets } from './plain-secrets.ts'
import { checkConnections, checkMachines, checkRoom } from './room.ts'
import { checkSkypilotValues } from './skypilot-release.ts'
import { checkSecretKeys, checkWorkloadIdentity } from './skypilot-secrets.ts'

const checks: readonly Check[] = [
  checkCluster,
  checkDatabase,
  checkBackups,
  checkPlaces,
  checkMachines,
  checkRoom,
  checkConnections,
  checkSkypilotValues,
  checkPlainSecrets,
  checkSecretKeys,
  checkWorkloadIdentity,
]

/** Everything that can be wrong with a well-formed document and that the file alone tells. */
export const checkAll = (checked: Checked): Finding => {
  const found = checks.map(check => check(checked))
  return {
    problems: found.flatMap(({ problems = [] }) => problems),
    notes: found.flatMap(({ notes = [] }) => notes),
  }
}
