import { isObject, type Json } from './json.ts'

interface Mask extends Map<string, Mask> {}

/** Reads a `fields` mask such as `services(name,state),nextPageToken` or `items/name`. */
function parse(text: string): Mask {
  let position = 0
  const one = (): readonly [string, Mask] => {
    const name = /[^,/()]*/.exec(text.slice(position))?.[0] ?? ''
    position += name.length
    let below: Mask = new Map()
    if (text[position] === '/') {
      position++
      below = new Map([one()])
    } else if (text[position] === '(') {
      position++
      below = list()
      position++
    }
    return [name.trim(), below]
  }
  const list = (): Mask => {
    const mask: Mask = new Map()
    while (position < text.length && text[position] !== ')') {
      mask.set(...one())
      if (text[position] === ',') position++
    }
    return mask
  }
  return list()
}

function select(value: Json | undefined, mask: Mask): Json | undefined {
  if (mask.size === 0) return value
  if (Array.isArray(value)) return value.map(item => select(item, mask) ?? null)
  if (!isObject(value)) return value
  const everything = mask.get('*')
  const members = Object.entries(value).flatMap(([key, member]) => {
    const below = mask.get(key) ?? everything
    return below === undefined ? [] : [[key, select(member, below)] as const]
  })
  return Object.fromEntries(members)
}

/** The part of an answer that a `fields` mask asks for: what a client does not ask for it does not get. */
export const partial = (value: Json, fields: string): Json => select(value, parse(fields)) ?? null
