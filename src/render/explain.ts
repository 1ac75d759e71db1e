import { Document, isMap, isScalar, isSeq, type Node, Scalar } from 'yaml'
import { isObject, type Json, showPath } from '../core/json.ts'
import { isPosition, type Source } from '../core/problem.ts'
import { isReference, isText } from '../core/reference.ts'
import type { Resource } from '../core/resource.ts'
import { plain } from './text.ts'
import { showValue } from './values.ts'

/** Stands before every origin until they are aligned; no value can hold it, since YAML escapes it. */
const mark = '\u0001'

/**
 * What an environment expands to, as YAML: one entry a resource by its address, every value with the line or the preset
 * that it comes from behind it.
 */
export const explain = (resources: readonly Pick<Resource, 'address' | 'spec' | 'sources'>[]): string => {
  const entries = resources.map(({ address, spec }) => [address, readable(spec)] as const)
  const document = new Document(Object.fromEntries(entries))
  for (const { address, sources } of resources) annotate(document.get(address, true), [], sources)
  return aligned(document.toString({ lineWidth: 0 }))
}

/** References as words; everything else as it is. */
const readable = (value: Json): Json => {
  if (isReference(value) || isText(value)) return showValue(value)
  if (Array.isArray(value)) return value.map(readable)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, readable(member)]))
}

const annotate = (node: unknown, path: readonly string[], sources: Resource['sources']): void => {
  if (isMap(node)) {
    for (const { key, value } of node.items) annotate(value, [...path, keyText(key)], sources)
    return
  }
  if (isSeq(node)) {
    for (const item of node.items) annotate(item, path, sources)
    return
  }
  const origin = originOf(path, sources)
  if (isScalar(node) && origin !== '') setComment(node, origin)
}

const keyText = (key: unknown): string => String(key instanceof Scalar ? key.value : key)

const setComment = (node: Node, origin: string): void => {
  node.comment = `${mark} ${origin}`
}

/** The origin of the nearest declared ancestor. */
const originOf = (path: readonly string[], sources: Resource['sources']): string => {
  for (let length = path.length; length >= 0; length--) {
    const key = showPath(path.slice(0, length))
    const source = Object.hasOwn(sources, key) ? sources[key] : undefined
    if (source !== undefined) return nameOf(source)
  }
  return ''
}

const nameOf = (source: Source): string =>
  plain(isPosition(source) ? `${source.file}:${source.line}` : `preset ${source.preset}`)

const farthest = 60

const aligned = (text: string): string => {
  const lines = text.split('\n').map(line => line.split(`#${mark}`))
  const column = lines.reduce((most, [value = '', origin]) => {
    const length = value.trimEnd().length
    return origin === undefined || length > farthest ? most : Math.max(most, length)
  }, 0)
  return lines
    .map(([value = '', origin]) =>
      origin === undefined ? value : `${value.trimEnd().padEnd(column)}  #${origin}`,
    )
    .join('\n')
}
