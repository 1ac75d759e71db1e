/** The time that controllers live by. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Runs `fn` once, `milliseconds` from now. */
  schedule(milliseconds: number, fn: () => void): void
  /** Whether something is still to run. */
  busy(): boolean
}

interface Due {
  readonly at: number
  readonly fn: () => void
}

/**
 * A clock that runs `speed` times as fast as the wall's; its timers never keep the process alive. What is scheduled runs
 * in the order in which it is due, and while it runs it is the time at which it was due: a process that was held up
 * for a while (a slow machine) catches up step by step, and no deadline passes before what was to happen until then.
 * It starts at `start`, the wall's time unless told.
 */
export const realClock = (speed = 1, start = Date.now()): Clock => {
  const origin = Date.now()
  const wall = (): number => start + (Date.now() - origin) * speed
  let waiting: readonly Due[] = []
  let running: number | undefined
  let timer: NodeJS.Timeout | undefined
  const arm = (): void => {
    clearTimeout(timer)
    const [first] = waiting
    if (first !== undefined) timer = setTimeout(run, Math.max(0, (first.at - wall()) / speed)).unref()
  }
  const run = (): void => {
    const now = wall()
    try {
      for (let [first] = waiting; first !== undefined && first.at <= now; [first] = waiting) {
        waiting = waiting.slice(1)
        running = first.at
        first.fn()
      }
    } finally {
      running = undefined
      arm()
    }
  }
  return {
    now: () => running ?? wall(),
    schedule: (milliseconds, fn) => {
      const due = { at: (running ?? wall()) + milliseconds, fn }
      const behind = waiting.findIndex(({ at }) => at > due.at)
      waiting = waiting.toSpliced(behind < 0 ? waiting.length : behind, 0, due)
      if (running === undefined) arm()
    },
    busy: () => waiting.length > 0 || running !== undefined,
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
    busy: () => waiting.length > 0,
  }
}
