import { type PoolSettings, poolSettings } from '../shared/gke/pool-settings.ts'

/** What one entry of `nodePools` may say; shared with the pools that a cluster's create carries inline. */
export const nodePoolSchema = poolSettings

/** A node pool in the words of the file. */
export type NodePoolSettings = PoolSettings
