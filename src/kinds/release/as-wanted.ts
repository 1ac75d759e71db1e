import { difference } from '../../core/diff.ts'
import type { JsonObject } from '../../core/json.ts'
import type { KubernetesReader } from '../../kubernetes/port.ts'
import { observeRelease } from './observe.ts'
import { releaseRules } from './rules.ts'

/** True if a live release differs in nothing from a spec whose references are resolved. @throws KubernetesError */
export const isAsWanted = async (spec: JsonObject, reader: KubernetesReader): Promise<boolean> => {
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
