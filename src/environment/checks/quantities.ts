/** Kubernetes CPU in cores (`500m`, `4`, 4.5), undefined if it is none. */
export const cores = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)(m?)$/.exec(value) : null
  return match === null ? undefined : Number(match[1]) / (match[2] === 'm' ? 1000 : 1)
}

const units: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
}

/** Kubernetes memory in GiB (`8Gi`, `512Mi`), undefined if it is none. */
export const gibibytes = (value: unknown): number | undefined => {
  const match = /^(\d+(?:\.\d+)?)([KMGT]i|[kMGT])?$/.exec(String(value))
  return match === null ? undefined : (Number(match[1]) * (units[match[2] ?? ''] ?? 1)) / 2 ** 30
}
