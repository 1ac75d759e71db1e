import type { Schema } from '../description.ts'
import { description } from '../descriptions.ts'
import { isObject, type Json, type JsonObject } from '../json.ts'

/** Fields that keep track of whether they were set, and so show `false`. [R containercluster-swap, -nodepool-swap] */
const tracked: ReadonlySet<string> = new Set([
  'allowExternalTraffic',
  'enableK8sCertsViaDns',
  'enableK8sTokensViaDns',
  'insecureKubeletReadonlyPortEnabled',
  'gcpPublicCidrsAccessEnabled',
  'enablePublicEndpoint',
  'defaultPodIpv4RangeUtilization',
  'podIpv4RangeUtilization',
])

/** Inside these, `enabled` does as well. */
const trackedInside: ReadonlySet<string> = new Set([
  'swapConfig',
  'ipEndpointsConfig',
  'managedPrometheusConfig',
])

/** Messages that are left out when they say nothing. [R containercluster-swap] */
const droppedWhenEmpty: ReadonlySet<string> = new Set(['networkPolicy', 'window'])

const isDefault = (value: Json): boolean =>
  value === false || value === '' || value === 0 || (Array.isArray(value) && value.length === 0)

const isEmpty = (value: Json): boolean => isObject(value) && Object.keys(value).length === 0

function shown(schema: Schema, value: Json, inside: string): Json {
  const resolved = schema.$ref === undefined ? schema : (description('container').schemas[schema.$ref] ?? {})
  if (Array.isArray(value)) return value.map((item: Json) => shown(resolved.items ?? {}, item, inside))
  // int64 is text in answers, whatever was sent.
  if (typeof value === 'number' && resolved.format === 'int64') return String(value)
  if (!isObject(value) || resolved.properties === undefined) return value
  const { properties } = resolved
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => {
      if (member === undefined) return []
      const known = properties[key]
      if (known === undefined) return [[key, member]]
      const inner = shown(known, member, key)
      const kept = tracked.has(key) || (key === 'enabled' && trackedInside.has(inside))
      const silent = known.additionalProperties !== undefined || droppedWhenEmpty.has(key)
      return (isDefault(inner) && !kept) || (silent && isEmpty(inner)) ? [] : [[key, inner]]
    }),
  )
}

/** A cluster as GKE shows it: a scalar at its default (false, 0, empty) is not in the answer, unless it is tracked. */
export function withoutDefaults(cluster: JsonObject): JsonObject {
  const result = shown({ $ref: 'Cluster' }, cluster, '')
  return isObject(result) ? result : cluster
}
