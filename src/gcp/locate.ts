import type { GcpReader } from './port.ts'

/** The parts of a cluster by which it is reached (container v1, Cluster). */
interface ClusterEndpoints {
  readonly name?: string
  readonly location?: string
  readonly endpoint?: string
  readonly masterAuth?: { readonly clusterCaCertificate?: string }
  readonly controlPlaneEndpointsConfig?: {
    readonly dnsEndpointConfig?: { readonly endpoint?: string; readonly allowExternalTraffic?: boolean }
  }
}

/** Where a cluster's API server answers, and the authority that signs for it (undefined: the public ones). */
export interface Located {
  readonly url: string
  readonly authority?: string
}

/**
 * Finds the endpoint of a cluster in the list of its project: the DNS endpoint where it lets traffic in from outside
 * (hosted runners reach private clusters by it), else the IP endpoint. Undefined if there is no such cluster, or it has no endpoint yet. @throws GcpError
 */
export const locateCluster = async (
  gcp: Pick<GcpReader, 'get'>,
  { project, location, name }: { readonly project: string; readonly location: string; readonly name: string },
): Promise<Located | undefined> => {
  const path = `/v1/projects/${project}/locations/-/clusters`
  // The same request as the kinds', so that planning sends it once; it has no pages.
  const { clusters = [] } = await gcp.get<{ readonly clusters?: readonly ClusterEndpoints[] }>(
    'container',
    path,
  )
  const cluster = clusters.find(found => found.name === name && found.location === location)
  if (cluster === undefined) return undefined
  const dns = cluster.controlPlaneEndpointsConfig?.dnsEndpointConfig
  if (dns?.allowExternalTraffic === true && dns.endpoint) return { url: `https://${dns.endpoint}` }
  const authority = cluster.masterAuth?.clusterCaCertificate
  if (!cluster.endpoint || !authority) return undefined
  return { url: `https://${cluster.endpoint}`, authority: Buffer.from(authority, 'base64').toString() }
}
