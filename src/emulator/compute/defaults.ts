import { timestamp } from '../clock.ts'
import type { Ids } from '../ids.ts'
import { autoRange, regions } from '../places.ts'
import type { Project } from '../store.ts'

/** Adds an auto-mode network with a subnetwork in every region, as `default` is in a new project. */
export function addNetwork(project: Project, ids: Ids, now: number, name: string): void {
  const path = `global/networks/${name}`
  const creationTimestamp = timestamp(now)
  project.networks.set(name, {
    kind: 'compute#network',
    id: ids.computeId(),
    creationTimestamp,
    name,
    description: name === 'default' ? 'Default network for the project' : '',
    selfLink: path,
    autoCreateSubnetworks: true,
    routingConfig: { bgpBestPathSelectionMode: 'LEGACY', routingMode: 'REGIONAL' },
    networkFirewallPolicyEnforcementOrder: 'AFTER_CLASSIC_FIREWALL',
  })
  for (const region of regions) {
    const range = autoRange(region)
    if (range === undefined) continue
    project.subnetworks.set(`${region}/${name}`, {
      kind: 'compute#subnetwork',
      id: ids.computeId(),
      creationTimestamp,
      name,
      network: path,
      ipCidrRange: range,
      gatewayAddress: range.replace('0/20', '1'),
      region: `regions/${region}`,
      selfLink: `regions/${region}/subnetworks/${name}`,
      privateIpGoogleAccess: false,
      privateIpv6GoogleAccess: 'DISABLE_GOOGLE_ACCESS',
      state: 'READY',
      fingerprint: ids.etag(),
      purpose: 'PRIVATE',
      stackType: 'IPV4_ONLY',
    })
  }
}
