import type { Outputs } from '../../core/reference.ts'
import { clusterOf } from '../in-cluster.ts'
import { type ApplyingPorts, text, type Work } from '../kind.ts'
import { withContact } from './contact.ts'
import { leaseFor } from './lease.ts'
import { leaseName, leasesPath } from './lease-object.ts'
import { Site } from './site.ts'
import { timeoutOf } from './spec.ts'

/**
 * Uninstalls a release while its Lease is held, then takes the Lease away. Objects with the keep policy stay.
 * @throws HelmError, KubernetesError, SlipwayError
 */
export const uninstall = async (work: Work, ports: ApplyingPorts): Promise<Outputs> => {
  const { spec } = work
  const writer = await ports.kubernetes.writer(clusterOf(spec))
  const [namespace, release] = [text(spec, 'namespace'), text(spec, 'release')]
  if ((await writer.get(`/api/v1/namespaces/${namespace}`)) === undefined) return {}
  const lease = await leaseFor(work, writer, ports.run)
  try {
    const kubeconfig = await ports.kubernetes.kubeconfig(clusterOf(spec))
    const input = { release, namespace, kubeconfig, timeoutSeconds: timeoutOf(spec) }
    await withContact(new Site(work, ports, writer, lease), () => ports.helm.uninstall(input))
    await writer.remove(`${leasesPath(namespace)}/${leaseName(release)}`)
  } finally {
    await lease.release({ well: false }).catch(() => undefined)
  }
  return {}
}
