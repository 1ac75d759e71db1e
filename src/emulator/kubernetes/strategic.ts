import { equal, isObject, type Json, type JsonObject, type Path } from '../../core/json.ts'
import { listAt, present } from './object.ts'
import { shapeOf } from './shape.ts'

const directive = (key: string): boolean => key.startsWith('$')

const mergeList = (kind: string, live: readonly Json[], patch: readonly Json[], path: Path): Json => {
  const shape = shapeOf(kind, path, true)
  if (shape === 'set') return [...live, ...patch.filter(item => !live.some(other => equal(other, item)))]
  if (typeof shape === 'string') return patch
  // A strategic merge uses the first key only (`patchMergeKey`).
  const [key = 'name'] = shape.keys
  if (patch.some(item => isObject(item) && item.$patch === 'replace'))
    return patch.filter(item => !(isObject(item) && item.$patch === 'replace'))
  let result = [...live]
  for (const item of patch.filter(isObject)) {
    const index = result.findIndex(other => isObject(other) && equal(other[key], item[key]))
    if (item.$patch === 'delete') result = index < 0 ? result : result.toSpliced(index, 1)
    else if (index < 0) result.push(strategicPatch(kind, {}, item, path))
    else result[index] = strategicPatch(kind, result[index] ?? {}, item, path)
  }
  return result
}

const mergeMember = (kind: string, live: Json | undefined, patch: Json, path: Path): Json =>
  Array.isArray(patch)
    ? mergeList(kind, Array.isArray(live) ? live : [], patch, path)
    : strategicPatch(kind, live, patch, path)

/**
 * Strategic merge patch: a merge patch that merges keyed lists by their first key and knows `$patch: delete|replace` and
 * `$deleteFromPrimitiveList`. `$setElementOrder` and `$retainKeys` only order or prune what the clients here never send.
 */
export const strategicPatch = (
  kind: string,
  target: Json | undefined,
  patch: Json,
  path: Path = [],
): Json => {
  if (!isObject(patch)) return patch
  if (patch.$patch === 'replace')
    return present(Object.fromEntries(Object.entries(patch).filter(([key]) => !directive(key))))
  const base: JsonObject = isObject(target) ? target : {}
  const result: Record<string, Json | undefined> = { ...base }
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$deleteFromPrimitiveList/')) {
      const name = key.slice(key.indexOf('/') + 1)
      const gone = Array.isArray(value) ? value : []
      result[name] = listAt(base, name).filter(item => !gone.some(other => equal(other, item)))
    } else if (!directive(key))
      result[key] = value === null ? undefined : mergeMember(kind, base[key], value, [...path, key])
  }
  return present(result)
}
