import type { Clock } from '../../core/clock.ts'
import { isObject, type Json, type JsonObject, valueAt } from '../../core/json.ts'
import type { Gcp } from '../../gcp/port.ts'
import type { ClusterName, Kubernetes } from '../../kubernetes/port.ts'
import { readCluster } from '../shared/gke/clusters.ts'
import { listAt } from './workloads.ts'

/** Says whether it is known that a cluster gets no further node by itself. */
export type FixedNodes = () => Promise<boolean>

const between = 10_000
/** Taints of a node that is not ready for pods yet, or no longer: Kubernetes' own and its clouds'. */
const passing = /^node\.(kubernetes|cloudprovider\.kubernetes)\.io\//
/** States in which Google is at work (container v1, `Cluster.Status` and `NodePool.Status`). */
const changing = new Set(['PROVISIONING', 'RECONCILING', 'STOPPING'])

/**
 * Asks Google and the cluster, at most every ten seconds, whether nodes may come: from an autoscaler, or because pools
 * are being made or mended. Where somebody does not answer that is not known.
 */
export const createFixedNodes = (
  gcp: Pick<Gcp, 'get'>,
  writer: Pick<Kubernetes, 'list'>,
  place: ClusterName,
  clock: Clock,
): FixedNodes => {
  let last: { readonly at: number; readonly fixed: Promise<boolean> } | undefined
  return () => {
    if (last === undefined || clock.now() - last.at >= between)
      last = { at: clock.now(), fixed: hasFixedNodes(gcp, writer, place).catch(() => false) }
    return last.fixed
  }
}

const hasFixedNodes = async (
  gcp: Pick<Gcp, 'get'>,
  writer: Pick<Kubernetes, 'list'>,
  place: ClusterName,
): Promise<boolean> => {
  const cluster = await readCluster(gcp, place)
  if (cluster === undefined || mayGrow(cluster)) return false
  const nodes = await writer.list('/api/v1/nodes')
  return nodes.filter(isUsable).length >= wantedNodes(cluster)
}

const mayGrow = (cluster: JsonObject): boolean =>
  isOn(cluster, 'autopilot', 'enabled') ||
  isOn(cluster, 'autoscaling', 'enableNodeAutoprovisioning') ||
  changing.has(String(cluster.status)) ||
  listAt(cluster, ['nodePools']).some(
    pool => isOn(pool, 'autoscaling', 'enabled') || changing.has(String(pool.status)),
  )

const isOn = (object: JsonObject, ...path: readonly string[]): boolean => valueAt(object, path) === true

/** `initialNodeCount` is how many nodes a pool has in each of its zones, after `setSize` too. */
const wantedNodes = (cluster: JsonObject): number =>
  listAt(cluster, ['nodePools'])
    .map(pool => Number(pool.initialNodeCount ?? 0) * (zonesOf(pool) ?? zonesOf(cluster) ?? 1))
    .reduce((sum, nodes) => sum + nodes, 0)

const zonesOf = ({ locations }: JsonObject): number | undefined => lengthOf(locations) || undefined

const lengthOf = (value: Json | undefined): number => (Array.isArray(value) ? value.length : 0)

/** A node that has come up and that nobody is taking away. */
const isUsable = (node: JsonObject): boolean => {
  const spec = isObject(node.spec) ? node.spec : {}
  const ready = listAt(node, ['status', 'conditions']).some(
    ({ type, status }) => type === 'Ready' && status === 'True',
  )
  return (
    ready &&
    spec.unschedulable !== true &&
    !listAt(spec, ['taints']).some(({ key }) => passing.test(String(key)))
  )
}
