import type { Clock } from '../core/clock.ts'

/** A random number in [0, 1). */
export type Random = () => number

/** A pause in milliseconds before attempt `attempt` (from 1): full jitter below a bound that doubles from `first` to `most`. */
export const pause = (attempt: number, first: number, most: number, random: Random): number =>
  Math.round(random() * Math.min(most, first * 2 ** (attempt - 1)))

/** What `Retry-After` asks for, in milliseconds: seconds or an HTTP date; undefined if it says neither. */
export const retryAfter = (header: string | null, now: number): number | undefined => {
  if (header === null || header.trim() === '') return undefined
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

/** Time that waiting may still take. */
export interface Budget {
  /** Sleeps, or answers false if the time left is too short for that. */
  spend(milliseconds: number): Promise<boolean>
}

/** A budget of `limit` milliseconds from now. */
export const budgetOf = (clock: Clock, limit: number, signal?: AbortSignal): Budget => {
  const end = clock.now() + limit
  return {
    spend: async milliseconds => {
      if (clock.now() + milliseconds > end || stopped(signal)) return false
      await clock.sleep(milliseconds, signal)
      return !stopped(signal)
    },
  }
}

const stopped = (signal: AbortSignal | undefined): boolean => signal?.aborted ?? false
