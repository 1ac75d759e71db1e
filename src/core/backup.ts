/** How the descriptions of all backups before upgrades of a release begin. */
export const backupPrefix = (release: string): string => `slipway: ${release} `

/** The description of the backup that is taken before a release goes to another chart version, by which people find it. */
export const backupDescription = (release: string, from: string, to: string): string =>
  `${backupPrefix(release)}${from} to ${to}`
