/** Cores and memory (GiB). */
export interface Size {
  readonly cores: number
  readonly gibibytes: number
}

/** GiB of memory for each core, by family and series of predefined types. */
const memoryOfCore: Readonly<Record<string, number>> = {
  'e2-standard': 4,
  'e2-highmem': 8,
  'e2-highcpu': 1,
  'n1-standard': 3.75,
  'n1-highmem': 6.5,
  'n1-highcpu': 0.9,
  'n2-standard': 4,
  'n2-highmem': 8,
  'n2-highcpu': 1,
  'n2d-standard': 4,
  'n2d-highmem': 8,
  'n2d-highcpu': 1,
  'n4-standard': 4,
  'n4-highmem': 8,
  'n4-highcpu': 2,
  'c2-standard': 4,
  'c2d-standard': 4,
  'c2d-highmem': 8,
  'c2d-highcpu': 2,
  'c3-standard': 4,
  'c3-highmem': 8,
  'c3-highcpu': 2,
  'c3d-standard': 4,
  'c3d-highmem': 8,
  'c3d-highcpu': 2,
  'c4-standard': 3.75,
  'c4-highmem': 7.75,
  'c4-highcpu': 2,
  't2d-standard': 4,
  't2a-standard': 4,
  'g2-standard': 4,
}

/** Cores that the older families come with, whose lists no longer grow (compute, machine families). */
const sizes: Readonly<Record<string, readonly number[]>> = {
  'e2-standard': [2, 4, 8, 16, 32],
  'e2-highmem': [2, 4, 8, 16],
  'e2-highcpu': [2, 4, 8, 16, 32],
  'n1-standard': [1, 2, 4, 8, 16, 32, 64, 96],
  'n1-highmem': [2, 4, 8, 16, 32, 64, 96],
  'n1-highcpu': [2, 4, 8, 16, 32, 64, 96],
  'n2-standard': [2, 4, 8, 16, 32, 48, 64, 80, 96, 128],
  'n2-highmem': [2, 4, 8, 16, 32, 48, 64, 80, 96, 128],
  'n2-highcpu': [2, 4, 8, 16, 32, 48, 64, 80, 96],
  'n2d-standard': [2, 4, 8, 16, 32, 48, 64, 80, 96, 128, 224],
  'n2d-highmem': [2, 4, 8, 16, 32, 48, 64, 80, 96],
  'n2d-highcpu': [2, 4, 8, 16, 32, 48, 64, 80, 96, 128, 224],
  'c2-standard': [4, 8, 16, 30, 60],
  't2d-standard': [1, 2, 4, 8, 16, 32, 48, 60],
  't2a-standard': [1, 2, 4, 8, 16, 32, 48],
  'g2-standard': [4, 8, 12, 16, 24, 32, 48, 96],
}

/** For a type of a known family in a size that it does not come in: the sizes that it does, as types. */
export const otherSizes = (type: string): readonly string[] => {
  const [, family = '', cores] = /^([a-z0-9]+-[a-z]+)-(\d+)$/.exec(type) ?? []
  const known = sizes[family]
  return known === undefined || known.includes(Number(cores)) ? [] : known.map(size => `${family}-${size}`)
}

const sharedCore: Readonly<Record<string, Size>> = {
  'e2-micro': { cores: 2, gibibytes: 1 },
  'e2-small': { cores: 2, gibibytes: 2 },
  'e2-medium': { cores: 2, gibibytes: 4 },
  'f1-micro': { cores: 1, gibibytes: 0.6 },
  'g1-small': { cores: 1, gibibytes: 1.7 },
}

/** What a machine type has, undefined for types that this table does not know. */
export const machineSize = (type: string): Size | undefined => {
  const shared = sharedCore[type]
  if (shared !== undefined) return shared
  const custom = /^(?:[a-z0-9]+-)?custom-(\d+)-(\d+)(?:-ext)?$/.exec(type)
  if (custom !== null) return { cores: Number(custom[1]), gibibytes: Number(custom[2]) / 1024 }
  const standard = /^([a-z0-9]+-[a-z]+)-(\d+)(?:-lssd)?$/.exec(type)
  const memory = memoryOfCore[standard?.[1] ?? '']
  const count = Number(standard?.[2])
  return memory === undefined ? undefined : { cores: count, gibibytes: count * memory }
}

/**
 * What pods can have of a GKE node, after GKE's documented reservations (6 % of the first core, 1 % of the next, 0.5 %
 * of the next two, 0.25 % beyond; of memory 25 % of the first 4 GiB, 20 % of the next 4, 10 % of the next 8, 6 % up
 * to 128, 2 % beyond, and 100 MiB for eviction) and what GKE's own agents ask for (about half a core and 1 GiB). For
 * types with a shared core GKE reserves 1.06 cores.
 */
export const forPods = (type: string): Size | undefined => {
  const size = machineSize(type)
  if (size === undefined) return undefined
  const reserved = type in sharedCore ? 1.06 : bands(size.cores, coreBands)
  return {
    cores: size.cores - reserved - 0.5,
    gibibytes: size.gibibytes - bands(size.gibibytes, memoryBands) - 0.1 - 1,
  }
}

type Bands = readonly (readonly [width: number, share: number])[]

const coreBands: Bands = [
  [1, 0.06],
  [1, 0.01],
  [2, 0.005],
  [Number.POSITIVE_INFINITY, 0.0025],
]

const memoryBands: Bands = [
  [4, 0.25],
  [4, 0.2],
  [8, 0.1],
  [112, 0.06],
  [Number.POSITIVE_INFINITY, 0.02],
]

const bands = (amount: number, shares: Bands): number => {
  let left = amount
  let reserved = 0
  for (const [width, share] of shares) {
    const part = Math.min(left, width)
    reserved += part * share
    left -= part
  }
  return reserved
}
