import fc from 'fast-check'

/** UTF-16 keeps this range for halves of characters: there are none in it. */
const halves = { from: 0xd800, count: 0x800 }
const last = 0x10ffff

const characterOf = (index: number): string =>
  String.fromCodePoint(index < halves.from ? index : index + halves.count)

const indexOf = (character: unknown): number => {
  const point = typeof character === 'string' ? character.codePointAt(0) : undefined
  const index = point === undefined || point < halves.from ? point : point - halves.count
  if (index === undefined || index < 0 || characterOf(index) !== character)
    throw new Error('not one whole character')
  return index
}

/**
 * Any character of Unicode, for `fc.string({ unit })`: what `unit: 'binary'` draws, without the map of all characters that
 * it makes of them, in a second, to find out which of its own words it can draw.
 */
export const anyCharacter: fc.Arbitrary<string> = fc.nat(last - halves.count).map(characterOf, indexOf)
