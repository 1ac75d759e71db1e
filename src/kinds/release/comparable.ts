import { isObject, type Json, type JsonObject } from '../../core/json.ts'
import { builtIn, groupOf } from '../../kubernetes/resources.ts'
import { keyedList } from './lists.ts'
import { masked } from './mask.ts'
import { canonicalQuantity } from './quantity.ts'

const quantities = new Set(['requests', 'limits', 'hard', 'capacity'])
const droppedAnnotations =
  /^(meta\.helm\.sh\/|kubectl\.kubernetes\.io\/last-applied-configuration$|deployment\.kubernetes\.io\/revision$)/
const droppedLabels = new Set(['app.kubernetes.io/managed-by'])
/** Maps that people key themselves: their members stay though they are empty. */
const textMaps = new Set(['data', 'labels', 'annotations', 'matchLabels', 'nodeSelector'])

/**
 * An object in the form in which wanted and live ones are compared: what Kubernetes and Helm keep for themselves left
 * out, lists with keys as maps, quantities in one notation, empty fields dropped, secrets masked. A Secret is no more
 * than the names of its keys.
 */
export const comparable = (object: JsonObject): JsonObject => {
  const { apiVersion = '', kind, metadata, status: _, ...body } = object
  if (kind === 'Secret') return { apiVersion, keys: keysOf(object) }
  const meta = isObject(metadata) ? metadata : {}
  const labels = textsIn(meta.labels, key => !droppedLabels.has(key))
  const annotations = textsIn(meta.annotations, key => !droppedAnnotations.test(key))
  const about = {
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  }
  const listsAreKeyed = builtIn.some(
    row => row.kind === kind && groupOf(row.apiVersion) === groupOf(String(apiVersion)),
  )
  const plain = struct(body, listsAreKeyed ? String(kind) : undefined)
  return masked({
    apiVersion,
    ...(Object.keys(about).length === 0 ? {} : { metadata: about }),
    ...plain,
  }) as JsonObject
}

const keysOf = ({ data, stringData }: JsonObject): readonly string[] =>
  [...new Set([data, stringData].flatMap(part => (isObject(part) ? Object.keys(part) : [])))].sort()

const textsIn = (value: Json | undefined, wanted: (key: string) => boolean): JsonObject | undefined => {
  const entries = Object.entries(isObject(value) ? value : {}).filter(
    ([key, text]) => text !== null && wanted(key),
  )
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

/** A struct: fields without a value are as good as not there. `kind` is undefined where lists have no known keys. */
const struct = (value: JsonObject, kind: string | undefined): JsonObject =>
  Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => {
      const plain = field(key, member, kind)
      return plain === undefined ? [] : [[key, plain]]
    }),
  )

const field = (key: string, value: Json, kind: string | undefined): Json | undefined => {
  if (value === null) return undefined
  if (key === 'sizeLimit') return canonicalQuantity(value)
  if (Array.isArray(value)) return list(key, value, kind)
  if (!isObject(value)) return value
  if (Object.keys(value).length === 0) return undefined
  if (quantities.has(key)) return amounts(value)
  const inner = textMaps.has(key) ? withoutNulls(value) : struct(value, kind)
  return Object.keys(inner).length === 0 ? undefined : inner
}

const withoutNulls = (value: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null))

const amounts = (value: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(value).map(([key, amount]) => [key, canonicalQuantity(amount)]))

const list = (key: string, value: readonly Json[], kind: string | undefined): Json | undefined => {
  if (value.length === 0) return undefined
  const map = kind === undefined ? undefined : keyedList(kind, key, value)
  if (map === undefined) return value.map(item => atom(item))
  return Object.fromEntries(
    Object.entries(map).map(([name, member]) => [name, isObject(member) ? struct(member, kind) : member]),
  )
}

/** A member of a list that is replaced as a whole: only what cannot matter goes. */
const atom = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(atom)
  if (!isObject(value)) return value
  const entries = Object.entries(value).filter(
    ([, member]) => member !== null && !(Array.isArray(member) && member.length === 0),
  )
  return Object.fromEntries(
    entries.map(([key, member]) => [
      key,
      quantities.has(key) && isObject(member) ? amounts(member) : atom(member),
    ]),
  )
}
