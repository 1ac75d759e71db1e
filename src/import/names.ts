import type { Json } from '../core/json.ts'
import { isObject } from '../core/json.ts'
import { isEnvironmentName, maxName } from '../environment/header.ts'
import { plain } from '../render/text.ts'

/** A name for the plan made of somebody's name: a-z, 0-9 and hyphens, beginning with a letter, none of `taken`. */
export const itemName = (given: string, taken: readonly string[] = []): string => {
  const plainly = given
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 50)
    .replace(/-+$/, '')
  const base = plainly === '' ? 'item' : plainly
  for (let count = 1; ; count++) {
    const name = count === 1 ? base : `${base}-${count}`
    if (!taken.includes(name)) return name
  }
}

/** Entries of a section by names that suit a plan; each gets its own. */
export const named = <T>(
  all: readonly T[],
  nameOf: (one: T) => string,
): readonly (readonly [string, T])[] => {
  const taken: string[] = []
  return all.map(one => {
    const name = itemName(nameOf(one), taken)
    taken.push(name)
    return [name, one] as const
  })
}

/** A name for an environment, after its cluster or instance. */
export const environmentName = (wanted: string): string => {
  const name = itemName(wanted).slice(0, maxName).replace(/-+$/, '')
  return isEnvironmentName(name) ? name : 'imported'
}

/** True if a file can hold the value as it is: no characters that cannot be seen. */
export const isPrintable = (value: Json): boolean => {
  if (typeof value === 'string')
    return value.split('\n').every(line => {
      const text = line.replace(/[\t\u00a0]/g, ' ')
      return plain(text) === text
    })
  if (Array.isArray(value)) return value.every(isPrintable)
  return isObject(value)
    ? Object.entries(value).every(([key, member]) => isPrintable(key) && isPrintable(member))
    : true
}
