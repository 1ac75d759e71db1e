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
  const site = new Site(work, ports, writer, lease)
  const upgrade = new Upgrade(site)
  try {
    await carryOut(site, upgrade, mode)
  } catch (error) {
    // A Lease that cannot be let go runs out by itself; the error that counts is the first.
    await lease.release({ well: upgrade.clean }).catch(() => undefined)
    throw error
  } finally {
    upgrade.stop()
  }
  const { name, version } = chartOf(work.spec)
  await lease.release({ well: true, chart: `${name} ${version}` })
  try {
    return await outputsOf(work, ports)
  } catch (cause) {
    throw failedAfter(cause, upgrade.backup)
  }
}

const carryOut = async (site: Site, upgrade: Upgrade, mode: Mode): Promise<void> => {
  const left = await whatIsLeft(site.work, mode, site.writer, site.lease)
  if (left === 'serving') await upgrade.serve()
  if (left === 'helm' && (await upgrade.run()) === 'cut off') await carryOut(site, upgrade, mode)
}
