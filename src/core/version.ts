/**
 * Compares dotted versions by their numbers (`1.33`, `1.33.4-gke.1245000`, `POSTGRES_16`): negative if `a` is older.
 * A missing part counts as 0, so `1.33` is no newer than any `1.33.x`.
 */
export const compareVersions = (a: string, b: string): number => {
  const [left, right] = [numbersOf(a), numbersOf(b)]
  const length = Math.max(left.length, right.length)
  for (let index = 0; index < length; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

const numbersOf = (version: string): readonly number[] => (version.match(/\d+/g) ?? []).map(Number)
