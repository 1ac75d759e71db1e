import { at, type JsonObject, listAt } from '../json.ts'

/** How many nodes a cluster's pools have: the count is per zone. */
export const nodeCount = (pools: readonly JsonObject[]): number =>
  pools.reduce(
    (sum, pool) => sum + Number(at(pool, 'initialNodeCount') ?? 0) * listAt(pool, 'locations').length,
    0,
  )
