import type { Kubernetes } from '../../kubernetes/port.ts'
import { text, type Work } from '../kind.ts'
import type { HeldLease } from './lease.ts'
import { aimOf, objectsOf } from './spec.ts'
import { requireStart, standingOf } from './start.ts'
import { revisionsOf } from './storage.ts'

/** `settle`: the objects are as they should be, but an earlier apply did not end. */
export type Mode = 'change' | 'settle'

/** Helm's part and the waiting; only to wait until it serves; nothing but the Lease's marks. */
export type Left = 'helm' | 'serving' | 'nothing'

/**
 * What is left to do, by what is live now that the Lease is held. Helm would make a revision for nothing, and run its
 * hooks once more, where only the mark is missing, where it ended well before the run that called it died, or where another
 * run did the same before this one held the Lease. @throws KubernetesError; SlipwayError if it is no longer what was planned for
 */
export const whatIsLeft = async (
  work: Work,
  mode: Mode,
  writer: Kubernetes,
  { wasLeft, begun }: Pick<HeldLease, 'wasLeft' | 'begun'>,
): Promise<Left> => {
  const { spec } = work
  const now = await standingOf(work, writer)
  requireStart(work, now, mode === 'change' && work.changes.length === 0)
  if (!needsHelm(work)) return 'nothing'
  const isAsWanted = now.changes.length === 0 && objectsOf(spec) !== undefined
  const isBegun = begun?.aim === aimOf(spec)
  if (mode === 'change' && !isAsWanted && !isBegun) return 'helm'
  const [last] = await revisionsOf(writer, text(spec, 'namespace'), text(spec, 'release'))
  if (last?.status !== 'deployed') return 'helm'
  if (mode === 'settle') return 'serving'
  if (isAsWanted && !wasLeft) {
    work.progress('another run has just brought it there')
    return 'nothing'
  }
  // What was applied last is written down when everything has ended, so the chart is still the former one there.
  if (isBegun && last.number === begun.revision && now.changes.every(({ path }) => path[0] === 'chart')) {
    work.progress('helm had brought it there')
    return 'serving'
  }
  return 'helm'
}

/** Taking a release over without a change needs the Lease's mark only. */
const needsHelm = ({ changes, spec }: Work): boolean =>
  changes.length === 0 || !changes.every(({ path }) => path[0] === 'mark') || objectsOf(spec) === undefined
