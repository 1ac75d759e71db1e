import type { AuditEntry } from '../../../src/emulator/kubernetes/handler.ts'
import { doneTwice } from '../../support/done-twice.ts'
import { type EndState, otherThan } from '../../support/end-state.ts'
import { endStateOf, plain } from './end-state.ts'
import { revisions } from './looks.ts'
import { until } from './processes.ts'
import type { Relay } from './relay.ts'
import type { World } from './world.ts'

/** What a deed has done so far. */
export interface Done {
  /** Writes that were taken, with `NAME` for the release's name. */
  readonly writes: readonly AuditEntry[]
  /** Revisions that helm made. */
  readonly revisions: number
  readonly state: EndState
}

/** Begins to follow what is done to a release. */
export const traceOf = async (
  { world, relay }: { readonly world: World; readonly relay: Relay },
  name: string,
): Promise<{ now(): Promise<Done> }> => {
  const count = async () => (await revisions(world, name, name)).length
  const [written, formerly] = [relay.writes.length, await count()]
  return {
    now: async () => ({
      writes: relay.writes.slice(written).map(entry => ({ ...entry, name: plain(entry.name, name) })),
      revisions: (await count()) - formerly,
      state: await endStateOf(world.plane, name),
    }),
  }
}

/** How much more than an undisturbed run may have been done. */
export interface Allowed {
  /** Writes of the second run. */
  readonly again: number
  /** Operations that helm began and ended. */
  readonly operations: number
}

/** How two runs, the first of which was struck, differ from an undisturbed one. */
export const wrongAfter = async (
  calm: Done,
  now: () => Promise<Done>,
  { again, operations }: Allowed,
): Promise<readonly string[]> => {
  const look = async () => otherThan(calm.state, (await now()).state)
  // Controllers may still be at it when an apply has ended: what was there before goes by itself.
  await until('the end state', async () => (await look()).length === 0, patience).catch(() => undefined)
  const { writes, revisions: made } = await now()
  return [
    ...(await look()),
    ...doneTwice(calm.writes, writes),
    // The dead run's record is taken away: one write more.
    ...tooMany('writes of the second run', again, calm.writes.length + 1),
    ...tooMany('revisions', made, operations),
  ]
}

const patience = 60

const tooMany = (what: string, found: number, most: number): readonly string[] =>
  found > most ? [`${found} ${what}, at most ${most}`] : []
