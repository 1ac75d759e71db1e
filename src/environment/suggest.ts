/** The number of single-letter edits (swaps of neighbours count as one) between two words. */
const distance = (a: string, b: string): number => {
  const rows: number[][] = [[...Array(b.length + 1).keys()]]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const at = (up: number, left: number) => rows[i - up]?.[j - left] ?? Number.POSITIVE_INFINITY
      const left = row[j - 1] ?? Number.POSITIVE_INFINITY
      row.push(Math.min(at(1, 0) + 1, left + 1, at(1, 1) + (same ? 0 : 1), swapped ? at(2, 2) + 1 : 99))
    }
    rows.push(row)
  }
  return rows.at(-1)?.at(-1) ?? 99
}

/** At least as far as their lengths differ: words that are too far apart by that are not compared. */
const farness = (word: string, name: string, reach: number): number => {
  const longer = Math.abs(word.length - name.length)
  return longer > reach ? longer : distance(word, name)
}

/** The known word that was most likely meant, or undefined if none is near. */
export const nearest = (word: string, known: readonly string[]): string | undefined => {
  if (word.length > 60) return undefined
  const lower = word.toLowerCase()
  const reach = Math.max(1, Math.floor(word.length / 3))
  const ranked = known
    .map(name => ({ name, far: farness(lower, name.toLowerCase(), reach) }))
    .filter(({ far, name }) => far <= reach || (lower.length > 3 && name.toLowerCase().startsWith(lower)))
    .sort((a, b) => a.far - b.far)
  return ranked[0]?.name
}
