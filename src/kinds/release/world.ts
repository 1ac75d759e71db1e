import type { Clock } from '../../core/clock.ts'

/** The world around an apply that no port brings. */
export interface World {
  readonly clock: Clock
  /** Names this run among all that may hold a Lease. */
  readonly holder: () => string
  /** Content of SLIPWAY_HEALTH_ENDPOINT_OVERRIDES. */
  readonly overrides: () => string | undefined
}
