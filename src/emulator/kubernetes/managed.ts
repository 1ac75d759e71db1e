import { equal, isObject, type JsonObject } from '../../core/json.ts'
import {
  decodeFields,
  encodeFields,
  type FieldSet,
  fieldsOf,
  fieldValue,
  filtered,
  sameFields,
  united,
} from './fields.ts'
import { listAt, objectAt, present, textAt, withMetadata } from './object.ts'

/** One entry of metadata.managedFields. */
export interface Manager {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly subresource: string
  readonly apiVersion: string
  readonly time: string
  readonly fields: FieldSet
}

/** Who writes: an entry without its fields. */
export type Writer = Omit<Manager, 'fields'>

/** The entries of an object. */
export const managersOf = (object: JsonObject): readonly Manager[] =>
  listAt(object, 'metadata', 'managedFields')
    .filter(isObject)
    .map(entry => ({
      manager: textAt(entry, 'manager'),
      operation: textAt(entry, 'operation') === 'Apply' ? 'Apply' : 'Update',
      subresource: textAt(entry, 'subresource'),
      apiVersion: textAt(entry, 'apiVersion'),
      time: textAt(entry, 'time'),
      fields: decodeFields(objectAt(entry, 'fieldsV1')),
    }))

/** A copy of the object with these entries; those without fields are dropped. */
export const withManagers = (object: JsonObject, managers: readonly Manager[]): JsonObject => {
  const entries = managers
    .filter(entry => entry.fields.size > 0)
    .map(entry =>
      present({
        manager: entry.manager,
        operation: entry.operation,
        apiVersion: entry.apiVersion,
        time: entry.time,
        fieldsType: 'FieldsV1',
        fieldsV1: encodeFields(entry.fields),
        subresource: entry.subresource || undefined,
      }),
    )
  return withMetadata(object, { managedFields: entries.length === 0 ? undefined : entries })
}

/** True when the entry belongs to that writer. */
export const isWriter = (entry: Manager, writer: Writer): boolean =>
  entry.manager === writer.manager &&
  entry.operation === writer.operation &&
  entry.subresource === writer.subresource

/** The entries with the writer's one set to `fields`; its time moves only when they change. */
export const withWriter = (
  managers: readonly Manager[],
  writer: Writer,
  fields: FieldSet,
): readonly Manager[] => {
  const own = managers.find(entry => isWriter(entry, writer))
  if (own === undefined) return [...managers, { ...writer, fields }]
  const time = sameFields(own.fields, fields) ? own.time : writer.time
  return managers.map(entry => (entry === own ? { ...writer, time, fields } : entry))
}

/**
 * The entries after a plain write (create, update, patch): the writer comes to own what it changed, and everybody else
 * loses what it changed or removed.
 */
export const managersAfterUpdate = (
  before: JsonObject | undefined,
  after: JsonObject,
  writer: Writer,
): readonly Manager[] => {
  const now = fieldsOf(after)
  const changed = filtered(
    now,
    (_, way) => before === undefined || !equal(fieldValue(before, way), fieldValue(after, way)),
  )
  // An item of a keyed list is "changed" whenever one of its members is: only its birth counts.
  const mine = filtered(
    changed,
    (_, way) => way.at(-1)?.startsWith('f:') === true || fieldValue(before, way) === undefined,
  )
  const managers = before === undefined ? [] : managersOf(before)
  const others = managers.map(entry =>
    isWriter(entry, writer)
      ? { ...entry, fields: filtered(entry.fields, key => now.has(key)) }
      : { ...entry, fields: filtered(entry.fields, key => now.has(key) && !mine.has(key)) },
  )
  if (mine.size === 0) return others
  const own = others.find(entry => isWriter(entry, writer))
  return withWriter(others, writer, united(own?.fields ?? new Map(), mine))
}
