import { equal, isObject, type Json, type JsonObject, type Path } from '../../core/json.ts'
import {
  type FieldSet,
  fieldsOf,
  fieldValue,
  filtered,
  itemElement,
  removed,
  showFields,
  withParents,
} from './fields.ts'
import { isWriter, type Manager, managersOf, type Writer, withManagers, withWriter } from './managed.ts'
import { objectAt, textAt, without } from './object.ts'
import { shapeOf } from './shape.ts'
import { applyConflict, type Cause } from './status.ts'

const mergeLists = (kind: string, live: readonly Json[], wanted: readonly Json[], path: Path): Json => {
  const shape = shapeOf(kind, path, true)
  if (shape === 'atomic' || shape === 'granular') return wanted
  if (shape === 'set') return [...live, ...wanted.filter(item => !live.some(other => equal(item, other)))]
  const element = (item: Json): string => (isObject(item) ? itemElement(item, shape.keys) : '')
  const rest = new Map(live.map(item => [element(item), item]))
  const merged = wanted.map(item => {
    const same = rest.get(element(item))
    rest.delete(element(item))
    return same === undefined ? item : mergeApplied(kind, same, item, path)
  })
  return [...merged, ...rest.values()]
}

/** The live value with the applied one laid over it: maps and keyed lists member by member, all else replaced. */
const mergeApplied = (kind: string, live: Json, wanted: Json, path: Path): Json => {
  if (Array.isArray(wanted)) return Array.isArray(live) ? mergeLists(kind, live, wanted, path) : wanted
  if (!isObject(wanted) || !isObject(live) || shapeOf(kind, path, false) === 'atomic') return wanted
  const members = Object.entries(wanted).map(([key, value]) => {
    const before = live[key]
    return [key, before === undefined ? value : mergeApplied(kind, before, value, [...path, key])] as const
  })
  return { ...live, ...Object.fromEntries(members) }
}

const conflicts = (
  live: JsonObject,
  config: JsonObject,
  fields: FieldSet,
  others: readonly Manager[],
): readonly Cause[] =>
  others.flatMap(other =>
    [...fields]
      .filter(([key, way]) => other.fields.has(key) && way.at(-1)?.startsWith('f:') === true)
      .filter(([, way]) => !equal(fieldValue(live, way), fieldValue(config, way)))
      .map(([, way]) => ({
        reason: 'FieldManagerConflict',
        message: `conflict with "${other.manager}"${other.subresource === '' ? '' : ` with subresource "${other.subresource}"`} using ${other.apiVersion}`,
        field: showFields(way),
      })),
  )

/** Takes out what this manager once applied, no longer applies, and nobody else owns, with everything below it. */
const prune = (merged: JsonObject, before: FieldSet, kept: readonly FieldSet[]): JsonObject => {
  const owned = withParents(...kept)
  const gone = [...withParents(before)].filter(([key]) => !owned.has(key)).map(([, way]) => way)
  let pruned: Json = merged
  for (const way of gone.sort((a, b) => a.length - b.length)) pruned = removed(pruned, way)
  return isObject(pruned) ? pruned : merged
}

/** What an apply may say of metadata; the rest is the server's. */
const declared = (config: JsonObject): JsonObject => ({
  ...config,
  metadata: without(
    objectAt(config, 'metadata'),
    'managedFields',
    'resourceVersion',
    'uid',
    'generation',
    'creationTimestamp',
    'selfLink',
  ),
})

/**
 * Server-side apply of `config` on `live` (undefined: it makes the object). Throws the 409 with its causes when another
 * manager owns a field with another value, unless `force`, which takes the field over.
 */
export const apply = (
  live: JsonObject | undefined,
  config: JsonObject,
  writer: Writer,
  force: boolean,
): JsonObject => {
  const wanted = declared(config)
  const fields = fieldsOf(wanted)
  if (live === undefined) return withManagers(wanted, [{ ...writer, fields }])
  const managers = managersOf(live)
  const others = managers.filter(entry => !isWriter(entry, writer))
  const causes = conflicts(live, wanted, fields, others)
  if (causes.length > 0 && !force) throw applyConflict(causes)
  const taken = filtered(
    fields,
    (_, way) =>
      way.at(-1)?.startsWith('f:') === true && !equal(fieldValue(live, way), fieldValue(wanted, way)),
  )
  const rest = others.map(entry => ({ ...entry, fields: filtered(entry.fields, key => !taken.has(key)) }))
  const merged = mergeApplied(textAt(wanted, 'kind'), live, wanted, [])
  const before = managers.find(entry => isWriter(entry, writer))?.fields ?? new Map()
  const pruned = prune(isObject(merged) ? merged : live, before, [fields, ...rest.map(entry => entry.fields)])
  return withManagers(
    pruned,
    withWriter(
      managers.map(entry => rest.find(other => isWriter(other, entry)) ?? entry),
      writer,
      fields,
    ),
  )
}
