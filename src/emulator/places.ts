const zones: Readonly<Record<string, string>> = {
  'us-central1': 'abcf',
  'us-east1': 'bcd',
  'us-east4': 'abc',
  'us-east5': 'abc',
  'us-west1': 'abc',
  'us-west4': 'abc',
  'europe-west1': 'bcd',
  'europe-west3': 'abc',
  'europe-west4': 'abc',
  'asia-east1': 'abc',
  'asia-northeast1': 'abc',
  'asia-southeast1': 'abc',
}

/** Regions of the emulated cloud: a selection of the real ones. */
export const regions = Object.keys(zones)

/** Zones of a region; empty for an unknown one. */
export const zonesOf = (region: string): readonly string[] =>
  [...(zones[region] ?? '')].map(letter => `${region}-${letter}`)

/** All zones. */
export const allZones = regions.flatMap(zonesOf)

/** Whether the name is a zone (and not a region). */
export const isZone = (location: string): boolean => allZones.includes(location)

/** Whether there is such a region or zone. */
export const isPlace = (location: string): boolean => regions.includes(location) || isZone(location)

/** The region of a zone, or the region itself. */
export const regionOf = (location: string): string => (isZone(location) ? location.slice(0, -2) : location)
