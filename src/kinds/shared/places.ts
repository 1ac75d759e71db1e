/** A region such as `us-central1`. */
const region = /^[a-z]+-[a-z]+\d+$/
/** A zone such as `us-central1-a` or `us-central1-ai1a`: the region it lies in is the first group. */
const zone = /^([a-z]+-[a-z]+\d+)-(?:ai\d+)?[a-z]$/

/** True for the form of a region's or a zone's name; whether it exists only Google knows. */
export const isLocation = (location: string): boolean => region.test(location) || zone.test(location)

/** True for a zone. */
export const isZone = (location: string): boolean => zone.test(location)

/** The region of a zone; a region itself. */
export const regionOf = (location: string): string => zone.exec(location)?.[1] ?? location
