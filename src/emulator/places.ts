interface Region {
  readonly zones: string
  /** Second number of the region's /20 in every auto-mode network; none where such a network has no subnetwork. */
  readonly block?: number
}

/** [R mockcompute/computenetworks/subnetmode-custom] */
const table: Readonly<Record<string, Region>> = {
  'africa-south1': { zones: 'abc', block: 218 },
  'asia-east1': { zones: 'abc', block: 140 },
  'asia-east2': { zones: 'abc', block: 170 },
  'asia-northeast1': { zones: 'abc', block: 146 },
  'asia-northeast2': { zones: 'abc', block: 174 },
  'asia-northeast3': { zones: 'abc', block: 178 },
  'asia-south1': { zones: 'abc', block: 160 },
  'asia-south2': { zones: 'abc', block: 190 },
  'asia-southeast1': { zones: 'abc', block: 148 },
  'asia-southeast2': { zones: 'abc', block: 184 },
  'australia-southeast1': { zones: 'abc', block: 152 },
  'australia-southeast2': { zones: 'abc', block: 192 },
  'europe-central2': { zones: 'abc', block: 186 },
  'europe-north1': { zones: 'abc', block: 166 },
  'europe-north2': { zones: 'abc', block: 226 },
  'europe-southwest1': { zones: 'abc', block: 204 },
  'europe-west1': { zones: 'bcd', block: 132 },
  'europe-west10': { zones: 'abc', block: 214 },
  'europe-west12': { zones: 'abc', block: 210 },
  'europe-west2': { zones: 'abc', block: 154 },
  'europe-west3': { zones: 'abc', block: 156 },
  'europe-west4': { zones: 'abc', block: 164 },
  'europe-west6': { zones: 'abc', block: 172 },
  'europe-west8': { zones: 'abc', block: 198 },
  'europe-west9': { zones: 'abc', block: 200 },
  'me-central1': { zones: 'abc', block: 212 },
  'me-central2': { zones: 'abc' },
  'me-west1': { zones: 'abc', block: 208 },
  'northamerica-northeast1': { zones: 'abc', block: 162 },
  'northamerica-northeast2': { zones: 'abc', block: 188 },
  'northamerica-south1': { zones: 'abc', block: 224 },
  'southamerica-east1': { zones: 'abc', block: 158 },
  'southamerica-west1': { zones: 'abc', block: 194 },
  'us-central1': { zones: 'abcf', block: 128 },
  'us-east1': { zones: 'bcd', block: 142 },
  'us-east4': { zones: 'abc', block: 150 },
  'us-east5': { zones: 'abc', block: 202 },
  'us-south1': { zones: 'abc', block: 206 },
  'us-west1': { zones: 'abc', block: 138 },
  'us-west2': { zones: 'abc', block: 168 },
  'us-west3': { zones: 'abc', block: 180 },
  'us-west4': { zones: 'abc', block: 182 },
}

/** Google's regions as of 2026. */
export const regions = Object.keys(table)

/** The range of a region's subnetwork in an auto-mode network; undefined where there is none. */
export const autoRange = (region: string): string | undefined => {
  const block = table[region]?.block
  return block === undefined ? undefined : `10.${block}.0.0/20`
}

/** Zones of a region; empty for an unknown one. */
export const zonesOf = (region: string): readonly string[] =>
  [...(table[region]?.zones ?? '')].map(letter => `${region}-${letter}`)

/** All zones. */
export const allZones = regions.flatMap(zonesOf)

/** Whether the name is a zone (and not a region). */
export const isZone = (location: string): boolean => allZones.includes(location)

/** Whether there is such a region or zone. */
export const isPlace = (location: string): boolean => regions.includes(location) || isZone(location)

/** The region of a zone, or the region itself. */
export const regionOf = (location: string): string => (isZone(location) ? location.slice(0, -2) : location)
