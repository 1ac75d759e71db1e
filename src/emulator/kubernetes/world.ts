import { createHash } from 'node:crypto'
import type { Behaviour } from './behaviour.ts'
import type { Certificates } from './certificate.ts'
import type { Clock } from './clock.ts'
import { textAt } from './object.ts'
import { builtIn, customResources, type Resource, resourceOf } from './resources.ts'
import type { Store } from './store.ts'

/** Everything that one emulated cluster is made of, as its parts see it. */
export interface World {
  readonly store: Store
  readonly clock: Clock
  readonly behaviour: Behaviour
  readonly version: string
  /** Addresses of load balancers. */
  readonly addresses: Set<string>
  readonly certificates: Certificates
  /** The next of an endless row of numbers: names, addresses and uids are made from it. */
  readonly next: () => number
  /** The last one that it gave. */
  readonly last: () => number
}

/** The kinds that are served now: the built-in ones and those of the CustomResourceDefinitions. */
export const servedBy = (world: World): readonly Resource[] => [
  ...builtIn,
  ...world.store.list(resourceOf('CustomResourceDefinition')).flatMap(customResources),
]

/** A fresh uid. */
export const freshUid = (world: World): string => {
  const hex = createHash('sha256').update(`uid ${world.next()}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Text of `length` characters from Kubernetes' alphabet of generated names, made from `seed`. */
export const suffix = (seed: string, length: number): string => {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789'
  const bytes = createHash('sha256').update(seed).digest()
  return [...bytes.subarray(0, length)].map(byte => alphabet[byte % alphabet.length] ?? 'x').join('')
}

/** The name of the default StorageClass. */
export const defaultClass = (world: World): string | undefined => {
  const annotation = 'storageclass.kubernetes.io/is-default-class'
  const found = world.store
    .list(resourceOf('StorageClass'))
    .find(each => textAt(each, 'metadata', 'annotations', annotation) === 'true')
  return found === undefined ? undefined : textAt(found, 'metadata', 'name')
}
