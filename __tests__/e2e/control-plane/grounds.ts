import type { ControlPlaneOptions } from './api-server.ts'
import { startCloudControllers } from './balancers.ts'
import { type Charts, startCharts } from './charts.ts'
import { startWays } from './health.ts'
import { type ControlPlane, startControlPlane } from './start.ts'

/** A control plane with what a cluster of GKE has around it, and a chart repository. */
export interface Grounds {
  readonly plane: ControlPlane
  /** The chart repository. */
  readonly charts: string
  /** sha256 of its archives, by `NAME-VERSION`. */
  readonly sums: Charts['sums']
  /** What Slipway has to be told of it. */
  readonly environment: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** How grounds are laid. */
export interface GroundsOptions extends Omit<ControlPlaneOptions, 'say'> {
  /** A folder of published archives instead of our own charts. */
  readonly folder?: string | undefined
}

const say = (line: string): void => void process.stderr.write(`${line}\n`)

/** Starts them. */
export const startGrounds = async ({ folder, ...options }: GroundsOptions): Promise<Grounds> => {
  const plane = await startControlPlane({ ...options, say })
  const ways = await startWays(() => plane.admin)
  const controllers = startCloudControllers(plane.admin)
  const repository = await startCharts(folder)
  return {
    plane,
    charts: repository.url,
    sums: repository.sums,
    environment: { SLIPWAY_HEALTH_ENDPOINT_OVERRIDES: ways.overrides },
    close: async () => {
      await controllers.stop()
      await Promise.all([ways.close(), repository.close()])
      await plane.close()
    },
  }
}
