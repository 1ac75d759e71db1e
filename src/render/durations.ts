const whole = (seconds: number): number => Math.max(0, Math.round(seconds))
const two = (value: number): string => String(value).padStart(2, '0')

/** A running clock, `0:09`, `3:41`, `1:02:03`; seconds. */
export const clock = (seconds: number): string => {
  const total = whole(seconds)
  const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

/** A measured time, `48 s`, `6 min 12 s`, `1 h 02 min`; seconds. */
export const span = (seconds: number): string => {
  const total = whole(seconds)
  if (total < 60) return `${total} s`
  if (total < 3600) return `${Math.floor(total / 60)} min ${two(total % 60)} s`
  return `${Math.floor(total / 3600)} h ${two(Math.floor((total % 3600) / 60))} min`
}

/** A time that something usually takes, `20 s`, `12–20 min`, `1–2 h`; least and most seconds. */
export const range = ([least, most]: readonly [number, number]): string => {
  const [divisor, unit] = most < 60 ? [1, 's'] : most < 7200 ? [60, 'min'] : [3600, 'h']
  const low = Math.max(divisor === 1 ? 0 : 1, Math.round(least / divisor))
  const high = Math.max(low, Math.ceil(most / divisor))
  if (most <= 0) return 'no time'
  return low === high || low === 0 ? `${high} ${unit}` : `${low}–${high} ${unit}`
}

/** A measured number of seconds with one decimal, `2.1 s`. */
export const precise = (seconds: number): string => `${(Math.max(0, seconds)).toFixed(1)} s`
