import type { JsonObject } from '../../core/json.ts'
import { SlipwayError, StoppedError } from '../../core/problem.ts'
import type { Helm, UpgradeInput } from '../../helm/port.ts'
import { untilAnswered, withContact } from './contact.ts'
import type { Site } from './site.ts'

/** What is known when an upgrade has failed. */
export interface Aftermath {
  /** The revision that served before; undefined: none did. */
  readonly former: number | undefined
  /** The backup that was taken before. */
  readonly backup: string | undefined
  /** True if the new server has run. */
  readonly ran: boolean
  /** True if an earlier run left an upgrade unfinished, of which nobody knows whether its server has run. */
  readonly wasLeft: boolean
  readonly input: UpgradeInput
  readonly objects: readonly JsonObject[]
}

/** How a failed upgrade was left. */
export interface Ended {
  /** What to throw: the cause, what serves now, what to do. */
  readonly error: SlipwayError
  /** True if the former revision was put back, so that the release is what it was. */
  readonly isPutBack: boolean
}

/** What the reader of a failed upgrade can do. */
export const fixIt =
  'Fix the cause in the file and merge that, or revert the change; a further apply goes on from here.'

/** Ends a failed upgrade: restores the former revision where no new server can have migrated anything. */
export const endFailed = async (site: Site, cause: unknown, after: Aftermath): Promise<Ended> => {
  const { address, signal } = site.work
  const why = site.words(cause)
  const { state, isPutBack } = await putBack(site, after)
  const text = `${address}: ${why}\n${state}`
  const error = signal.aborted
    ? new StoppedError(text, { cause })
    : new SlipwayError(text, { advice: fixIt, cause })
  return { error, isPutBack }
}

/** A failure once an upgrade is over, such as of a server that does not answer: the new version has run, so the backup is named. */
export const failedAfter = (cause: unknown, backup: string | undefined): unknown =>
  backup === undefined || !(cause instanceof SlipwayError) || cause instanceof StoppedError
    ? cause
    : new SlipwayError(`${cause.message}${savedAs(backup)}`, { advice: cause.advice, cause })

/** What serves now, in words. */
const putBack = async (
  site: Site,
  after: Aftermath,
): Promise<{ readonly state: string; readonly isPutBack: boolean }> => {
  const former = comesBack(after, site.isStopped)
  if (typeof former === 'string') return { state: former, isPutBack: false }
  try {
    await rollBack(site, { ...after.input, revision: former })
  } catch (cause) {
    const state = `Revision ${former} could not be put back (${site.words(cause)}): look at the pods of the release.`
    return { state, isPutBack: false }
  }
  return { state: await serving(site, former, after.objects), isPutBack: true }
}

/** Waits for the API server first: it may be what the upgrade lost. */
const rollBack = async (site: Site, input: Parameters<Helm['rollback']>[0]): Promise<void> => {
  await untilAnswered(site)
  site.requireGoing()
  site.work.progress(`putting revision ${input.revision} back`)
  await withContact(site, () => site.ports.helm.rollback(input))
}

/** Why nothing is put back, in words; else the revision that may come back, since no new server can have migrated anything. */
const comesBack = ({ former, backup, ran, wasLeft }: Aftermath, isStopped: boolean): string | number => {
  if (former === undefined)
    return 'It is the first installation: what was made stays, and nothing served before.'
  if (isStopped) return `Revision ${former} was the last that served; the next apply goes on from here.`
  if (!ran && !wasLeft) return former
  const saved = savedAs(backup)
  return ran
    ? `The new version has run and may have changed the database, so the old one is not put back.${saved}`
    : `An earlier upgrade did not end; what it sent may have run and changed the database, so revision ${former} is not put back.${saved}`
}

const savedAs = (backup: string | undefined): string =>
  backup === undefined ? '' : ` The backup that was taken before is ${backup}.`

/** Waits until the former revision serves, for as long as a release may take, and says whether it does. */
const serving = async (site: Site, former: number, objects: readonly JsonObject[]): Promise<string> => {
  try {
    if (!site.isStopped) await untilAnswered(site)
    const watch = await site.watch(objects)
    watch.applied()
    await watch.ready
  } catch (cause) {
    return `Revision ${former} was put back and does not serve (${site.words(cause)}): look at the pods of the release.`
  }
  return site.isStopped
    ? `Revision ${former} was put back; nobody waited until it serves.`
    : `Revision ${former} serves again: the new version never came up.`
}
