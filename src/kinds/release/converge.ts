import type { Outputs } from '../../core/reference.ts'
import { clusterOf } from '../in-cluster.ts'
import type { ApplyingPorts, Work } from '../kind.ts'
import { failedAfter } from './aftermath.ts'
import { leaseFor } from './lease.ts'
import { type Mode, whatIsLeft } from './left.ts'
import { outputsOf } from './outputs.ts'
import { Site } from './site.ts'
import { chartOf } from './spec.ts'
import { Upgrade } from './upgrade.ts'

/**
 * Brings a release to its spec, whatever an earlier run left behind. Nothing is written before the Lease is held and
 * everything is compared with what was reviewed. @throws SlipwayError, HelmError, KubernetesError, GcpError
 */
export const converge = async (work: Work, ports: ApplyingPorts, mode: Mode = 'change'): Promise<Outputs> => {
  const writer = await ports.kubernetes.writer(clusterOf(work.spec))
  const lease = await leaseFor(work, writer, ports.run)
  const upgrade = new Upgrade(new Site(work, ports, writer, lease))
  try {
    const left = await whatIsLeft(work, mode, writer, lease)
    if (left === 'helm') await upgrade.run()
    if (left === 'serving') await upgrade.serve()
  } catch (error) {
    // A Lease that cannot be let go runs out by itself; the error that counts is the first.
    await lease.release({ well: upgrade.clean }).catch(() => undefined)
    throw error
  }
  const { name, version } = chartOf(work.spec)
  await lease.release({ well: true, chart: `${name} ${version}` })
  try {
    return await outputsOf(work, ports)
  } catch (cause) {
    throw failedAfter(cause, upgrade.backup)
  }
}
