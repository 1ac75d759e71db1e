import type { JsonObject } from '../../core/json.ts'
import type { UpgradeInput } from '../../helm/port.ts'

/** What is known when an upgrade has failed. */
export interface Aftermath {
  /** The revision that served before; undefined: none did. */
  readonly former: number | undefined
  /** The backup that was taken before. */
  readonly backup: string | undefined
  /** True if the new server has run. */
  readonly ran: boolean
  readonly input: UpgradeInput
  readonly objects: readonly JsonObject[]
}

/** Why nothing is put back, in words; else the revision that may come back, since no new server can have migrated anything. */
export const comesBack = ({ former, backup, ran }: Aftermath, isStopped: boolean): string | number => {
  if (former === undefined)
    return 'It is the first installation: what was made stays, and nothing served before.'
  if (isStopped) return `Revision ${former} was the last that served; the next apply goes on from here.`
  if (!ran) return former
  const saved = backup === undefined ? '' : ` The backup that was taken before is ${backup}.`
  return `The new version has run and may have changed the database, so the old one is not put back.${saved}`
}
