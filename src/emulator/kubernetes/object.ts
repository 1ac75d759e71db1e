import { isObject, type Json, type JsonObject, type Path, valueAt } from '../../core/json.ts'

/** The string at `path`, else ''. */
export const textAt = (root: Json | undefined, ...path: Path): string => {
  const value = valueAt(root, path)
  return typeof value === 'string' ? value : ''
}

/** The number at `path`, else `otherwise`. */
export const numberAt = (root: Json | undefined, path: Path, otherwise = 0): number => {
  const value = valueAt(root, path)
  return typeof value === 'number' ? value : otherwise
}

/** The object at `path`, else an empty one. */
export const objectAt = (root: Json | undefined, ...path: Path): JsonObject => {
  const value = valueAt(root, path)
  return isObject(value) ? value : {}
}

/** The list at `path`, else an empty one. */
export const listAt = (root: Json | undefined, ...path: Path): readonly Json[] => {
  const value = valueAt(root, path)
  return Array.isArray(value) ? value : []
}

/** metadata.name */
export const nameOf = (object: JsonObject): string => textAt(object, 'metadata', 'name')
/** metadata.namespace, '' for cluster-wide objects */
export const namespaceOf = (object: JsonObject): string => textAt(object, 'metadata', 'namespace')
/** metadata.uid */
export const uidOf = (object: JsonObject): string => textAt(object, 'metadata', 'uid')
/** metadata.resourceVersion */
export const versionOf = (object: JsonObject): string => textAt(object, 'metadata', 'resourceVersion')

/** A map of strings, e.g. labels; anything else in it is left out. */
export const stringsAt = (root: JsonObject, ...path: Path): Readonly<Record<string, string>> => {
  const found: Record<string, string> = {}
  for (const [key, value] of Object.entries(objectAt(root, ...path)))
    if (typeof value === 'string') found[key] = value
  return found
}

/** A copy without the named members. */
export const without = (object: JsonObject, ...keys: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)))

/** A copy without members that are undefined. */
export const present = (members: Readonly<Record<string, Json | undefined>>): JsonObject => {
  const found: Record<string, Json> = {}
  for (const [key, value] of Object.entries(members)) if (value !== undefined) found[key] = value
  return found
}

/** A copy whose metadata has these members replaced (undefined removes one). */
export const withMetadata = (
  object: JsonObject,
  members: Readonly<Record<string, Json | undefined>>,
): JsonObject => ({
  ...object,
  metadata: present({ ...objectAt(object, 'metadata'), ...members }),
})

/** RFC 3339 to the second, as Kubernetes writes times. */
export const timestamp = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, 19)}Z`

/** The reference that makes `owner` the controller of another object. */
export const controllerReference = (owner: JsonObject): JsonObject => ({
  apiVersion: textAt(owner, 'apiVersion'),
  kind: textAt(owner, 'kind'),
  name: nameOf(owner),
  uid: uidOf(owner),
  controller: true,
  blockOwnerDeletion: true,
})

/** The uid of the object's controller, '' without one. */
export const controllerOf = (object: JsonObject): string => {
  const owner = listAt(object, 'metadata', 'ownerReferences').find(
    each => valueAt(each, ['controller']) === true,
  )
  return textAt(owner, 'uid')
}
