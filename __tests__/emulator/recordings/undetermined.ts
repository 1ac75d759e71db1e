import type { Difference } from './compare.ts'

/**
 * Members whose value a request does not determine: Google makes it up, it depends on the day, or the recording holds
 * a placeholder for it. That they are there, and their type, is compared all the same.
 */
const values: readonly (readonly [RegExp, string])[] = [
  [
    /(^|\.)(creation|\w*[cC]reate|insert|start|end|lastModified|\w*[eE]xpire|expiration|windowStart|enqueued|destroy|valid(After|Before))Time(stamp)?$/,
    'a time',
  ],
  [/(^|\.)creationTimestamp$/, 'a time'],
  [/(^|\.)(etag|fingerprint|labelFingerprint|resourceVersion|settingsVersion)$/, 'a version of the resource'],
  [
    /(^|\.)(id|uniqueId|oauth2ClientId|targetId|projectNumber|serviceAccountEmailAddress)$/,
    'a made-up number',
  ],
  [/(^|\.)selfLinkWithId$/, 'a link with a made-up number in it'],
  [/(^|\.)user$/, 'who asked'],
  [/gceZone$/, 'a zone that was picked'],
  [/[vV]ersion$/, 'which version was the default on that day'],
  [/nodeImageConfig\.image$/, 'which image belonged to the version on that day'],
  [/(^|\.)(endpoint|publicEndpoint|privateEndpoint)$/, 'an address that was given out'],
  [/([cC]lusterCaCertificate|privateKeyData)$/, 'a key that was made'],
  [/instanceGroupUrls\[\]$/, 'a name with made-up digits'],
  [/(podRange|clusterSecondaryRangeName)$/, 'a name with made-up digits'],
  [/(podIpv4CidrBlock|clusterIpv4Cidr(Block)?)$/, 'a range that was given out'],
  [/RangeUtilization$/, 'how many nodes there were at that moment'],
  [/currentNodeCount$/, 'how many nodes there were at that moment: surge nodes count'],
  [/progress\.metrics\[\]\.intValue$/, 'how far it was at that moment'],
  [/(^|\.)(address|ipAddress)$/, 'an address that was given out'],
  [/serverCaCert\.(cert|commonName|sha1Fingerprint)$/, 'a key that was made'],
  [/internalIpv6Range$/, 'a range that was given out'],
]

/** Whose being there at all is a matter of the moment. */
const sometimes: readonly (readonly [RegExp, string])[] = [
  [/RangeUtilization$/, 'how full a range is gets measured now and then'],
  [/^error\.details$/, 'a number that the request was given'],
]

/** What a recorded `error.details` may hold without anybody missing it. */
const requestNumber = 'google.rpc.RequestInfo'

/** Why a difference is none: nothing that the request said, and nothing that we know, determines it. */
export const undetermined = (
  { kind, path, recorded }: Difference,
  year: number | undefined,
): string | undefined => {
  if (kind === 'value') {
    if (year !== undefined && recorded === '[]') return 'the flights’ authors emptied lists by hand'
    return values.find(([pattern]) => pattern.test(path))?.[1]
  }
  if (kind === 'missing' && recorded === '[]' && year !== undefined)
    return 'the flights’ authors emptied lists by hand'
  if (kind === 'extra' && year !== undefined && year < 2024) return `added to the API since ${year}`
  if (path === 'error.details' && !recorded.includes(requestNumber)) return undefined
  return kind === 'status' ? undefined : sometimes.find(([pattern]) => pattern.test(path))?.[1]
}
