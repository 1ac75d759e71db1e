/** The time that controllers live by. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Runs `fn` once, `milliseconds` from now. */
  schedule(milliseconds: number, fn: () => void): void
}

/** A clock that runs `speed` times as fast as the wall's; its timers never keep the process alive. */
export const realClock = (speed = 1): Clock => {
  const start = Date.now()
  return {
    now: () => start + (Date.now() - start) * speed,
    schedule: (milliseconds, fn) => void setTimeout(fn, milliseconds / speed).unref(),
  }
}

/**
 * Immediate mode: everything scheduled runs as soon as the process is free, in the order in which it would have come
 * due. `now` stays the wall's time.
 */
export const immediateClock = (): Clock => {
  let elapsed = 0
  let waiting: readonly { readonly due: number; readonly fn: () => void }[] = []
  const step = (): void => {
    const [first, ...rest] = waiting.toSorted((a, b) => a.due - b.due)
    if (first === undefined) return
    waiting = rest
    elapsed = Math.max(elapsed, first.due)
    first.fn()
    if (waiting.length > 0) setImmediate(step)
  }
  return {
    now: () => Date.now(),
    schedule: (milliseconds, fn) => {
      if (waiting.length === 0) setImmediate(step)
      waiting = [...waiting, { due: elapsed + milliseconds, fn }]
    },
  }
}
