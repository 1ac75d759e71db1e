import { type Json, type JsonObject, type Path, valueAt, withValueAt } from '../../core/json.ts'
import { type Codec, same } from './codecs.ts'

/** One setting: where it stands in a spec, where in an API's body, and how its value is translated. */
export interface Field {
  readonly spec: Path
  readonly api: Path
  readonly codec: Codec
  /** What an answer without the value means; Google's JSON leaves out false, 0 and ''. */
  readonly missing: Json | undefined
}

/** Makes a field; paths are dotted, for keys that hold no dots themselves. */
export const field = (spec: string, api: string, codec: Codec = same, missing?: Json): Field => ({
  spec: spec.split('.'),
  api: api.split('.'),
  codec,
  missing,
})

/** The body that says what `spec` says; settings that the spec does not hold are left out. */
export const toApi = (fields: readonly Field[], spec: JsonObject): JsonObject =>
  fields.reduce<JsonObject>((body, { spec: path, api, codec }) => {
    const value = valueAt(spec, path)
    return value === undefined ? body : withValueAt(body, api, codec.toApi(value))
  }, {})

/** What a body says, in the words of a spec. */
export const fromApi = (fields: readonly Field[], body: JsonObject): JsonObject =>
  fields.reduce<JsonObject>((spec, { spec: path, api, codec, missing }) => {
    const raw = valueAt(body, api)
    const value = raw === undefined || raw === null ? missing : codec.fromApi(raw)
    return value === undefined ? spec : withValueAt(spec, path, value)
  }, {})

/** The part of a change that is needed here. */
export interface Edit {
  readonly path: Path
  /** Left out: the value goes away. */
  readonly to?: Json
}

/** A spec with changes made to it. */
export const edited = (spec: JsonObject, edits: readonly Edit[]): JsonObject =>
  edits.reduce(
    (result, { path, to }) => (to === undefined ? without(result, path) : withValueAt(result, path, to)),
    spec,
  )

const without = (object: JsonObject, [key, ...rest]: Path): JsonObject => {
  if (key === undefined || !Object.hasOwn(object, key)) return object
  const { [key]: value, ...others } = object
  if (rest.length === 0) return others
  return { ...others, [key]: without(value as JsonObject, rest) }
}

/** True if one path leads to the other or is the other. */
export const overlaps = (a: Path, b: Path): boolean =>
  a.slice(0, b.length).every((step, index) => step === b[index])

/** The fields that any of the edits touches. */
export const touched = (fields: readonly Field[], edits: readonly Edit[]): readonly Field[] =>
  fields.filter(({ spec }) => edits.some(({ path }) => overlaps(path, spec)))
