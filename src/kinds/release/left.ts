import { difference } from '../../core/diff.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Kubernetes, KubernetesReader } from '../../kubernetes/port.ts'
import { text, type Work } from '../kind.ts'
import type { HeldLease } from './lease.ts'
import { observeRelease } from './observe.ts'
import { releaseRules } from './rules.ts'
import { objectsOf } from './spec.ts'
import { revisionsOf } from './storage.ts'

/** `settle`: the objects are as they should be, but an earlier apply did not end. */
export type Mode = 'change' | 'settle'

/**
 * False where helm would make a revision for nothing: only the mark is missing, or what an earlier run began has ended
 * well, or another run did the same while this one waited for the Lease. @throws KubernetesError
 */
export const isLeft = async (
  work: Work,
  mode: Mode,
  writer: Kubernetes,
  { handedOver }: Pick<HeldLease, 'handedOver'>,
): Promise<boolean> => {
  const { spec } = work
  if (!needsHelm(work)) return false
  if (mode === 'settle') return !(await isDeployed(spec, writer))
  const done = handedOver && (await isDeployed(spec, writer)) && (await isAsWanted(spec, writer))
  if (done) work.progress('another run has just brought it there')
  return !done
}

/** Taking a release over without a change needs the Lease's mark only. */
const needsHelm = ({ changes, spec }: Work): boolean =>
  changes.length === 0 || !changes.every(({ path }) => path[0] === 'mark') || objectsOf(spec) === undefined

/** True if helm itself ended well. */
const isDeployed = async (spec: JsonObject, writer: Kubernetes): Promise<boolean> =>
  (await revisionsOf(writer, text(spec, 'namespace'), text(spec, 'release')))[0]?.status === 'deployed'

/** True if a live release differs in nothing from a spec whose references are resolved. */
const isAsWanted = async (spec: JsonObject, reader: KubernetesReader): Promise<boolean> => {
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
  return changes.length === 0
}
