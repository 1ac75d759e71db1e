import type { ClusterName } from '../../core/cluster-name.ts'
import type { JsonObject } from '../../core/json.ts'
import { text } from '../kind.ts'
import { objectOf } from '../shared/codecs.ts'

/** The cluster that a pool's spec names. */
export const placeOf = (spec: JsonObject): ClusterName => {
  const cluster = objectOf(spec.cluster)
  return {
    project: text(cluster, 'project'),
    location: text(cluster, 'location'),
    name: text(cluster, 'name'),
  }
}

/** The pool's own name. */
export const poolName = (spec: JsonObject): string => text(spec, 'name')
