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
  const origin = performance.now()
  let advanced = 0
  const waiters = new Set<Waiter>()
  // Not from Date.now(), which runs backwards when the machine's time is set.
  const now = () => start + advanced + (mode === 'wall' ? Math.floor(performance.now() - origin) : 0)
  return {
    now,
    advance(milliseconds) {
      advanced += milliseconds
      for (const waiter of waiters) if (waiter.time <= now()) waiter.wake()
    },
    reached(time, atMost) {
      if (time <= now() || mode === 'manual') return Promise.resolve()
      const latest = performance.now() + atMost
      return new Promise(resolve => {
        let timer: NodeJS.Timeout
        const waiter: Waiter = {
          time,
          wake() {
            clearTimeout(timer)
            waiters.delete(waiter)
            resolve()
          },
        }
        // A timer of Node's may end a millisecond early, so what it ends is looked at again.
        const look = () => {
          const remaining = Math.min(time - now(), latest - performance.now())
          if (remaining <= 0) waiter.wake()
          else timer = setTimeout(look, remaining)
        }
        look()
        waiters.add(waiter)
      })
    },
  }
}

/** A time as Google writes it, in UTC with milliseconds: 2026-03-26T15:43:37.447Z. */
export const timestamp = (milliseconds: number): string => new Date(milliseconds).toISOString()
