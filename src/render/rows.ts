import { cut, plain } from './text.ts'

/** One line of a diff: the marker stands in column 0, then a name, a value and what it does, in columns. */
export interface Row {
  readonly marker: ' ' | '+' | '-' | '!'
  readonly depth: number
  readonly name: string
  readonly value?: string
  readonly tail?: string
  /** True for a line that only says what the lines below it belong to: it stands outside the columns. */
  readonly heading?: true
}

const widest = { name: 44, value: 64 }
const longest = 700

const lengthOf = (text: string): number => [...text].length
const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - lengthOf(text)))

/** The width of a column: its longest text that is not an outlier. */
const column = (texts: readonly string[], most: number): number =>
  texts
    .map(lengthOf)
    .reduce((widestSoFar, length) => (length > most ? widestSoFar : Math.max(widestSoFar, length)), 0)

/** A line of a diff, and where its value begins. */
export interface Aligned {
  readonly text: string
  readonly marker: Row['marker']
  readonly valueAt: number
}

/** The lines of rows, columns aligned; one line a row, whatever the texts hold. */
export const alignRows = (rows: readonly Row[]): readonly string[] => aligned(rows).map(({ text }) => text)

/** The same with the place of each value; longer names than `mostName` do not widen the column. */
export const aligned = (rows: readonly Row[], mostName = widest.name): readonly Aligned[] => {
  const clean = rows.map(({ marker, depth, name, value = '', tail = '', heading = false }) => ({
    marker,
    heading,
    name: '  '.repeat(depth) + cut(plain(name), longest),
    value: cut(plain(value), longest),
    tail: cut(plain(tail), longest),
  }))
  const nameWidth = column(
    clean.filter(({ value, tail, heading }) => value + tail !== '' && !heading).map(({ name }) => name),
    mostName,
  )
  const valueWidth = column(
    clean.filter(({ tail }) => tail !== '').map(({ value }) => value),
    widest.value,
  )
  return clean.map(({ marker, name, value, tail, heading }) => {
    const left = value + tail === '' ? name : `${heading ? name : padded(name, nameWidth)}  `
    const middle = tail === '' ? value : `${padded(value, valueWidth)}  ${tail}`
    const text = `${marker} ${left}${middle}`.trimEnd()
    return { text, marker, valueAt: 2 + (heading ? lengthOf(name) : nameWidth) + 2 }
  })
}
