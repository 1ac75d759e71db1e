import { isObject, type JsonObject } from '../../core/json.ts'
import { builtIn, groupOf } from '../../kubernetes/resources.ts'
import { comparable } from './comparable.ts'

/**
 * The name of an object inside a release: `Deployment/skypilot/api`, without a namespace for cluster-wide kinds, with
 * the group where a kind has the name of a built-in one (`Ingress.example.com/…`).
 */
export const keyOf = (object: JsonObject): string => {
  const { kind, apiVersion, metadata } = object
  const { namespace, name } = isObject(metadata) ? metadata : {}
  const group = groupOf(String(apiVersion))
  const namesakes = builtIn.filter(row => row.kind === kind).map(row => groupOf(row.apiVersion))
  const clash = namesakes.length > 0 && !namesakes.includes(group)
  const type = clash ? `${String(kind)}.${group}` : String(kind)
  return [type, ...(typeof namespace === 'string' ? [namespace] : []), String(name)].join('/')
}

/** The parts of a key. */
export const partsOf = (
  key: string,
): { readonly kind: string; readonly namespace: string | undefined; readonly name: string } => {
  const [type = '', ...rest] = key.split('/')
  const kind = type.split('.')[0] ?? type
  return rest.length > 1
    ? { kind, namespace: rest[0], name: rest.slice(1).join('/') }
    : { kind, namespace: undefined, name: rest[0] ?? '' }
}

/** Objects by key, each in the form in which they are compared. */
export const comparableMap = (objects: readonly JsonObject[]): Record<string, JsonObject> =>
  Object.fromEntries(objects.map(object => [keyOf(object), comparable(object)]))
