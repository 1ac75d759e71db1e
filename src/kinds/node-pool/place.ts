import type { JsonObject } from '../../core/json.ts'
import type { ClusterPlace } from '../../gcp/container/clusters.ts'
import { objectOf } from '../../gcp/container/codecs.ts'
import { text } from '../kind.ts'

/** The cluster that a pool's spec names. */
export const placeOf = (spec: JsonObject): ClusterPlace => {
  const cluster = objectOf(spec.cluster)
  return {
    project: text(cluster, 'project'),
    location: text(cluster, 'location'),
    name: text(cluster, 'name'),
  }
}

/** The pool's own name. */
export const poolName = (spec: JsonObject): string => text(spec, 'name')
