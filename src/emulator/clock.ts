/** The emulator's time. Milliseconds since 1970, as of `Date.now()`. */
export interface Clock {
  readonly now: () => number
  /** Moves time forward at once; with a manual clock this is the only thing that moves it. */
  readonly advance: (milliseconds: number) => void
  /** Resolves when `now()` has reached `time`, or after `atMost` milliseconds of real time. */
  readonly reached: (time: number, atMost: number) => Promise<void>
}

interface Waiter {
  readonly time: number
  readonly wake: () => void
}

/**
 * A clock. `wall` follows real time plus what was advanced; `manual` stands still until it is advanced, so its
 * `reached` gives up at once instead of holding a caller that nobody would ever wake.
 */
export function createClock(mode: 'wall' | 'manual', start = Date.now()): Clock {
  const origin = Date.now()
  let advanced = 0
  const waiters = new Set<Waiter>()
  const now = () => start + advanced + (mode === 'wall' ? Date.now() - origin : 0)
  return {
    now,
    advance(milliseconds) {
      advanced += milliseconds
      for (const waiter of waiters) if (waiter.time <= now()) waiter.wake()
    },
    reached(time, atMost) {
      const remaining = time - now()
      if (remaining <= 0 || mode === 'manual') return Promise.resolve()
      return new Promise(resolve => {
        const waiter: Waiter = {
          time,
          wake() {
            clearTimeout(timer)
            waiters.delete(waiter)
            resolve()
          },
        }
        const timer = setTimeout(waiter.wake, Math.min(remaining, atMost))
        waiters.add(waiter)
      })
    },
  }
}

/** A time as Google writes it, in UTC with milliseconds: 2026-03-26T15:43:37.447Z. */
export const timestamp = (milliseconds: number): string => new Date(milliseconds).toISOString()
