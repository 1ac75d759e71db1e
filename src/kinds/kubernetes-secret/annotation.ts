import { canonical, isObject, type Json, type JsonObject, valueAt } from '../../core/json.ts'
import type { Kubernetes } from '../../kubernetes/port.ts'
import { isRaceOrLost } from '../in-cluster.ts'

/**
 * The namespace's annotation that says which version of what every Secret holds. The planner cannot read Secrets; this
 * it can. Secret name → key → source with version.
 */
export const annotationKey = 'slipway.dev/secrets'

const attempts = 6

/** What the annotation of a namespace says; `{}` if it says nothing that can be read. */
export const recordedIn = (namespace: JsonObject | undefined): JsonObject => {
  const text = valueAt(namespace, ['metadata', 'annotations', annotationKey])
  try {
    const value = JSON.parse(String(text)) as Json
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

/**
 * Writes what one Secret holds into the annotation (`undefined`: nothing any more), with the namespace's version as
 * precondition, again if somebody else wrote in between or the answer was lost. @throws KubernetesError
 */
export const record = async (
  writer: Kubernetes,
  namespace: string,
  secret: string,
  data: JsonObject | undefined,
): Promise<void> => {
  const path = `/api/v1/namespaces/${namespace}`
  for (let attempt = 1; ; attempt++) {
    const live = await writer.get(path)
    const { [secret]: before, ...others } = recordedIn(live)
    const next = data === undefined ? others : { ...others, [secret]: data }
    if (canonical(next) === canonical(before === undefined ? others : { ...others, [secret]: before })) return
    const text = Object.keys(next).length === 0 ? null : canonical(next)
    const resourceVersion = valueAt(live, ['metadata', 'resourceVersion']) ?? null
    try {
      await writer.merge(path, { metadata: { resourceVersion, annotations: { [annotationKey]: text } } })
      return
    } catch (error) {
      if (!isRaceOrLost(error) || attempt === attempts) throw error
    }
  }
}
