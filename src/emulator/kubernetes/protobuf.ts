import type { Json, JsonObject } from '../../core/json.ts'
import { present } from './object.ts'
import { unsupportedMedia } from './status.ts'

/** The media type in which Go clients send built-in kinds unless told otherwise (client-go's `PrefersProtobuf`). */
export const protobufType = 'application/vnd.kubernetes.protobuf'

const MAGIC = Buffer.from('6b387300', 'hex') // "k8s\0"

type Value = number | Buffer
type Message = ReadonlyMap<number, readonly Value[]>

const varint = (bytes: Buffer, start: number): readonly [value: number, next: number] => {
  let value = 0
  let scale = 1
  for (let at = start; ; at++) {
    const byte = bytes[at]
    if (byte === undefined) throw unsupportedMedia(`${protobufType} (cut short)`)
    value += (byte & 0x7f) * scale
    scale *= 128
    if (byte < 0x80) return [value, at + 1]
  }
}

const message = (bytes: Buffer): Message => {
  const fields = new Map<number, Value[]>()
  for (let at = 0; at < bytes.length; ) {
    const [key, afterKey] = varint(bytes, at)
    const [number, afterNumber] = varint(bytes, afterKey)
    const isBytes = (key & 7) === 2
    if (!isBytes && (key & 7) !== 0) throw unsupportedMedia(`${protobufType} (wire type ${key & 7})`)
    at = isBytes ? afterNumber + number : afterNumber
    const value = isBytes ? bytes.subarray(afterNumber, at) : number
    fields.set(key >>> 3, [...(fields.get(key >>> 3) ?? []), value])
  }
  return fields
}

const buffers = (fields: Message, id: number): readonly Buffer[] =>
  (fields.get(id) ?? []).filter(value => typeof value !== 'number')

const text = (fields: Message, id: number): string | undefined =>
  buffers(fields, id)[0]?.toString() || undefined

const flag = (fields: Message, id: number): boolean | undefined =>
  fields.get(id)?.[0] === 1 ? true : undefined

const map = (fields: Message, id: number, form: 'utf8' | 'base64' = 'utf8'): Json | undefined => {
  const entries = buffers(fields, id).map(bytes => {
    const entry = message(bytes)
    return [text(entry, 1) ?? '', (buffers(entry, 2)[0] ?? Buffer.alloc(0)).toString(form)] as const
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

const owner = (bytes: Buffer): Json => {
  const fields = message(bytes)
  return present({
    kind: text(fields, 1),
    name: text(fields, 3),
    uid: text(fields, 4),
    apiVersion: text(fields, 5),
    controller: flag(fields, 6),
    blockOwnerDeletion: flag(fields, 7),
  })
}

/** meta/v1 ObjectMeta: the parts that a client may write. */
const metadata = (bytes: Buffer | undefined): JsonObject => {
  const fields = message(bytes ?? Buffer.alloc(0))
  const owners = buffers(fields, 13).map(owner)
  const finalizers = buffers(fields, 14).map(value => value.toString())
  return present({
    name: text(fields, 1),
    generateName: text(fields, 2),
    namespace: text(fields, 3),
    uid: text(fields, 5),
    resourceVersion: text(fields, 6),
    labels: map(fields, 11),
    annotations: map(fields, 12),
    ownerReferences: owners.length === 0 ? undefined : owners,
    finalizers: finalizers.length === 0 ? undefined : finalizers,
  })
}

const decoders: Readonly<Record<string, (fields: Message) => JsonObject>> = {
  Secret: fields =>
    present({
      data: map(fields, 2, 'base64'),
      type: text(fields, 3),
      stringData: map(fields, 4),
      immutable: flag(fields, 5),
    }),
  ConfigMap: fields =>
    present({ data: map(fields, 2), binaryData: map(fields, 3, 'base64'), immutable: flag(fields, 4) }),
  Namespace: () => ({}),
  SelfSubjectAccessReview: fields => {
    const spec = message(buffers(fields, 2)[0] ?? Buffer.alloc(0))
    const wanted = message(buffers(spec, 1)[0] ?? Buffer.alloc(0))
    const names = ['namespace', 'verb', 'group', 'version', 'resource', 'subresource', 'name']
    const members = names.map((name, index) => [name, text(wanted, index + 1)] as const)
    return { spec: { resourceAttributes: present(Object.fromEntries(members)) } }
  },
}

/** meta/v1 DeleteOptions */
const deleteOptions = (fields: Message): JsonObject => {
  const conditions = buffers(fields, 2)[0]
  const wanted = conditions === undefined ? undefined : message(conditions)
  return present({
    preconditions:
      wanted === undefined ? undefined : present({ uid: text(wanted, 1), resourceVersion: text(wanted, 2) }),
    propagationPolicy: text(fields, 4),
    dryRun: buffers(fields, 5).map(value => value.toString()),
  })
}

/**
 * Reads a body in Kubernetes' protobuf form: the kinds that helm's typed client writes (Secret and ConfigMap, its release
 * records, Namespace) SelfSubjectAccessReview and DeleteOptions. Throws 415 for any other kind.
 */
export const decodeProtobuf = (body: Buffer): JsonObject => {
  if (!body.subarray(0, 4).equals(MAGIC)) throw unsupportedMedia(protobufType)
  const envelope = message(body.subarray(4))
  const type = message(buffers(envelope, 1)[0] ?? Buffer.alloc(0))
  const kind = text(type, 2) ?? ''
  const raw = message(buffers(envelope, 2)[0] ?? Buffer.alloc(0))
  if (kind === 'DeleteOptions') return deleteOptions(raw)
  const decode = decoders[kind]
  if (decode === undefined) throw unsupportedMedia(`${protobufType} (kind ${kind})`)
  return { apiVersion: text(type, 1) ?? 'v1', kind, metadata: metadata(buffers(raw, 1)[0]), ...decode(raw) }
}
