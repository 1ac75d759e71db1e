/** Memory of a Cloud SQL tier, GiB; undefined for tiers whose name does not tell. */
const tierMemory = (tier: string): number | undefined => {
  if (tier === 'db-f1-micro') return 0.6
  if (tier === 'db-g1-small') return 1.7
  const custom = /^db-custom-\d+-(\d+)$/.exec(tier)
  if (custom !== null) return Number(custom[1]) / 1024
  const optimized = /^db-perf-optimized-N-(\d+)$/.exec(tier)
  return optimized === null ? undefined : Number(optimized[1]) * 8
}

/** Cloud SQL's default of `max_connections` for PostgreSQL, by memory (GiB); documented for Cloud SQL flags. */
const defaults: readonly (readonly [least: number, connections: number])[] = [
  [120, 1000],
  [60, 800],
  [30, 600],
  [15, 500],
  [7.5, 400],
  [6, 200],
  [3.75, 100],
  [1.7, 50],
  [0, 25],
]

/** How many connections a PostgreSQL of this tier takes, unless a flag says otherwise. */
export const defaultConnections = (tier: string): number | undefined => {
  const memory = tierMemory(tier)
  return memory === undefined ? undefined : defaults.find(([least]) => memory >= least)?.[1]
}

/**
 * How many connections a SkyPilot API server with so many cores may hold: two workers a core for long requests, two and
 * one for short ones, one server process a core, and three tenths on top.
 */
export const neededConnections = (cores: number): number => Math.ceil((5 * cores + 1) * 1.3)

/** Connections that PostgreSQL and Cloud SQL keep for themselves. */
export const keptConnections = 10
