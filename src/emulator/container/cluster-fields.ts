/** Where in a cluster a `desired…` field of an update ends up: the path, and whether it is merged or replaces. */
export interface ClusterField {
  readonly path: readonly string[]
  readonly merge: boolean
}

const replaces = (...path: readonly string[]): ClusterField => ({ path, merge: false })
const merges = (...path: readonly string[]): ClusterField => ({ path, merge: true })

/** The emulated fields of ClusterUpdate (container v1); the others are refused, never ignored. */
export const clusterFields: Readonly<Record<string, ClusterField>> = {
  desiredAddonsConfig: merges('addonsConfig'),
  desiredBinaryAuthorization: replaces('binaryAuthorization'),
  desiredClusterAutoscaling: merges('autoscaling'),
  desiredControlPlaneEndpointsConfig: merges('controlPlaneEndpointsConfig'),
  desiredCostManagementConfig: replaces('costManagementConfig'),
  desiredDatabaseEncryption: merges('databaseEncryption'),
  desiredDefaultEnablePrivateNodes: replaces('networkConfig', 'defaultEnablePrivateNodes'),
  desiredDnsConfig: replaces('networkConfig', 'dnsConfig'),
  desiredGatewayApiConfig: replaces('networkConfig', 'gatewayApiConfig'),
  desiredInTransitEncryptionConfig: replaces('networkConfig', 'inTransitEncryptionConfig'),
  desiredLocations: replaces('locations'),
  desiredLoggingConfig: merges('loggingConfig'),
  desiredLoggingService: replaces('loggingService'),
  desiredMasterAuthorizedNetworksConfig: replaces('masterAuthorizedNetworksConfig'),
  desiredMonitoringConfig: merges('monitoringConfig'),
  desiredMonitoringService: replaces('monitoringService'),
  desiredNotificationConfig: replaces('notificationConfig'),
  desiredReleaseChannel: replaces('releaseChannel'),
  desiredSecretManagerConfig: replaces('secretManagerConfig'),
  desiredSecurityPostureConfig: merges('securityPostureConfig'),
  desiredShieldedNodes: replaces('shieldedNodes'),
  desiredVerticalPodAutoscaling: replaces('verticalPodAutoscaling'),
  desiredWorkloadIdentityConfig: replaces('workloadIdentityConfig'),
}

/** Fields that name what another one works on. */
export const companions: ReadonlySet<string> = new Set(['desiredNodePoolId', 'etag'])

/** Fields that one request may carry together: the known exceptions from one field a request. */
export const together: readonly ReadonlySet<string>[] = [
  new Set(['desiredLoggingConfig', 'desiredMonitoringConfig']),
  new Set(['desiredLoggingService', 'desiredMonitoringService']),
]
