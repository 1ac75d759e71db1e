import { difference } from '../../core/diff.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Kubernetes, KubernetesReader } from '../../kubernetes/port.ts'
import { text, type Work } from '../kind.ts'
import type { HeldLease } from './lease.ts'
import { observeRelease } from './observe.ts'
import { releaseRules } from './rules.ts'
import { aimOf, objectsOf } from './spec.ts'
import { revisionsOf } from './storage.ts'

/** `settle`: the objects are as they should be, but an earlier apply did not end. */
export type Mode = 'change' | 'settle'

/** Helm's part and the waiting; only to wait until it serves; nothing but the Lease's marks. */
export type Left = 'helm' | 'serving' | 'nothing'

/**
 * What is left to do. Helm would make a revision for nothing, and run its hooks once more, where only the mark is
 * missing, where it ended well before the run that called it died, or where another run did the same while this one
 * waited for the Lease. @throws KubernetesError
 */
export const whatIsLeft = async (
  work: Work,
  mode: Mode,
  writer: Kubernetes,
  { handedOver, begun }: Pick<HeldLease, 'handedOver' | 'begun'>,
): Promise<Left> => {
  const { spec } = work
  if (!needsHelm(work)) return 'nothing'
  const isBegun = begun?.aim === aimOf(spec)
  if (mode === 'change' && !handedOver && !isBegun) return 'helm'
  const [last] = await revisionsOf(writer, text(spec, 'namespace'), text(spec, 'release'))
  if (last?.status !== 'deployed') return 'helm'
  if (mode === 'settle') return 'serving'
  if (handedOver && (await isAsWanted(spec, writer))) {
    work.progress('another run has just brought it there')
    return 'nothing'
  }
  // What was applied last is written down when everything has ended, so the chart is still the former one there.
  if (isBegun && last.number === begun.revision && (await isAsWanted(spec, writer, 'chart'))) {
    work.progress('an earlier run had brought it there')
    return 'serving'
  }
  return 'helm'
}

/** Taking a release over without a change needs the Lease's mark only. */
const needsHelm = ({ changes, spec }: Work): boolean =>
  changes.length === 0 || !changes.every(({ path }) => path[0] === 'mark') || objectsOf(spec) === undefined

/** True if a live release differs in nothing, `but` in this, from a spec whose references are resolved. */
const isAsWanted = async (spec: JsonObject, reader: KubernetesReader, but?: string): Promise<boolean> => {
  const observed = await observeRelease({ spec }, reader)
  if (observed.state !== 'present') return false
  const { changes } = difference({
    desired: spec,
    observed,
    baseline: undefined,
    rules: releaseRules,
    lookUp: () => undefined,
    sources: {},
    unchangedCause: 'file',
  })
  return changes.every(({ path }) => path[0] === but)
}
