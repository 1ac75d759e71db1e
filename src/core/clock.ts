import { setTimeout as delay } from 'node:timers/promises'

/** Time, so that tests can turn it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Waits; ends early, without an error, when `signal` is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** The clock on the wall. */
export const wallClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    await delay(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
  },
}
