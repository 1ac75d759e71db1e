import { badRequest } from '../errors.ts'
import type { JsonObject } from '../json.ts'

/** A release channel's versions; the first one is the default. */
const channels: Readonly<Record<string, readonly string[]>> = {
  RAPID: ['1.36.2-gke.1100000', '1.35.6-gke.1250000', '1.34.9-gke.1131000'],
  REGULAR: ['1.35.6-gke.1250000', '1.34.9-gke.1131000', '1.33.11-gke.1067000'],
  STABLE: ['1.34.9-gke.1131000', '1.33.11-gke.1067000', '1.32.13-gke.1312000'],
  EXTENDED: ['1.35.6-gke.1250000', '1.34.9-gke.1131000', '1.33.11-gke.1067000', '1.31.14-gke.1510000'],
}

const all = [...new Set(Object.values(channels).flat())].sort((a, b) => compareVersions(b, a))

/** Below, at or above zero as `left` is older than, the same as or newer than `right`. */
export function compareVersions(left: string, right: string): number {
  const parts = (version: string) => version.split(/[.-]/).map(part => Number(part.replace('gke', '0')))
  const [a, b] = [parts(left), parts(right)]
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** The channel's default version; UNSPECIFIED counts as REGULAR. */
export const channelDefault = (channel: string): string => (channels[channel] ?? channels.REGULAR)?.[0] ?? ''

/** The channel of a cluster that asks for a version only: one whose default it is, REGULAR before others. [R containernodepool-swap] */
export const channelFor = (wanted: string): string =>
  ['REGULAR', 'STABLE', 'RAPID'].find(
    channel => wanted !== '' && `${channelDefault(channel)}.`.startsWith(`${wanted}.`),
  ) ?? 'REGULAR'

/** A full version for `latest`, `-`, `1.35`, `1.35.6` or a full one. Throws 400 for one that no channel has. */
export function resolveVersion(wanted: string, channel: string): string {
  if (wanted === '' || wanted === '-') return channelDefault(channel)
  const offered = channels[channel] ?? all
  if (wanted === 'latest') return offered[0] ?? ''
  const found = [...offered, ...all].find(
    version => version === wanted || version.startsWith(`${wanted}.`) || version.startsWith(`${wanted}-`),
  )
  if (found !== undefined) return found
  throw badRequest(`No valid versions with the prefix "${wanted}" found.`)
}

/** container v1, getServerConfig. */
export const serverConfig = (): JsonObject => ({
  defaultClusterVersion: channelDefault('REGULAR'),
  validMasterVersions: all,
  validNodeVersions: all,
  defaultImageType: 'COS_CONTAINERD',
  validImageTypes: ['COS_CONTAINERD', 'UBUNTU_CONTAINERD', 'WINDOWS_LTSC_CONTAINERD'],
  channels: Object.entries(channels).map(([channel, validVersions]) => ({
    channel,
    defaultVersion: validVersions[0],
    upgradeTargetVersion: validVersions[0],
    validVersions,
  })),
})
