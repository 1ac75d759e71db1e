import { isObject, type Json, type JsonObject, type Path } from '../../core/json.ts'
import { present } from './object.ts'

/** Maps and lists that the server's types leave out when they are empty. */
const droppedWhenEmpty = new Set([
  'labels',
  'annotations',
  'nodeSelector',
  'data',
  'stringData',
  'binaryData',
  'matchLabels',
  'finalizers',
  'ownerReferences',
  'tolerations',
  'imagePullSecrets',
  'env',
  'envFrom',
  'volumes',
  'volumeMounts',
  'initContainers',
  'args',
  'command',
  'topologySpreadConstraints',
  'loadBalancerSourceRanges',
])

const isEmpty = (value: Json): boolean =>
  Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0

/** The canonical text of a quantity: `1000m` is `1`, `1024Mi` is `1Gi`, a number is its text. */
const canonicalQuantity = (value: Json): Json => {
  const [, digits, unit = ''] = /^(\d+)(m|Ki|Mi|Gi)?$/.exec(String(value)) ?? []
  if (digits === undefined) return typeof value === 'number' ? String(value) : value
  const number = Number(digits)
  const up = { m: ['', 1000], Ki: ['Mi', 1024], Mi: ['Gi', 1024], Gi: ['Ti', 1024] } as const
  for (const [from, [to, size]] of Object.entries(up))
    if (unit === from && number !== 0 && number % size === 0)
      return canonicalQuantity(`${number / size}${to}`)
  return `${number}${unit}`
}

const holdsQuantities = (path: Path): boolean => {
  const [above, last] = path.slice(-2)
  return (
    (above === 'resources' && (last === 'requests' || last === 'limits')) ||
    last === 'capacity' ||
    last === 'allocatable'
  )
}

const quantities = (map: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, canonicalQuantity(value)]))

const normaliseMap = (map: JsonObject, path: Path): JsonObject => {
  const members = Object.entries(map).map(([key, value]): readonly [string, Json | undefined] => {
    if (value === null || (key === 'minReadySeconds' && value === 0)) return [key, undefined]
    const inner = normalise(value, [...path, key])
    return [key, droppedWhenEmpty.has(key) && isEmpty(inner) ? undefined : inner]
  })
  const kept = present(Object.fromEntries(members))
  return holdsQuantities(path) ? quantities(kept) : kept
}

/**
 * What an object looks like once the server's types have read it: nulls and empty maps are gone, `minReadySeconds: 0` too
 * (measured on a real server), quantities are canonical.
 */
export const normalise = (value: Json, path: Path = []): Json => {
  if (Array.isArray(value)) return value.map(item => normalise(item, path))
  return isObject(value) ? normaliseMap(value, path) : value
}
