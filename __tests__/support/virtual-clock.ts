import type { Clock } from '../../src/core/clock.ts'
import type { Clock as EmulatorClock } from '../../src/emulator/clock.ts'

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/** Milliseconds of real time in which nothing new must fall asleep before time jumps on. */
const quiet = 2

/**
 * Time that costs nothing: it is the emulator's, and it jumps to the next sleeper's end as soon as nobody has fallen
 * asleep for a moment. Waits of hours take milliseconds, and side-by-side waits still pass side by side.
 */
export const virtualClock = (emulator: EmulatorClock): Clock => {
  let sleepers: readonly Sleeper[] = []
  let pump: NodeJS.Timeout | undefined
  const arm = (): void => {
    clearTimeout(pump)
    pump = setTimeout(jump, quiet)
  }
  const jump = (): void => {
    const next = Math.min(...sleepers.map(({ at }) => at))
    emulator.advance(Math.max(0, next - emulator.now()))
    const awake = sleepers.filter(({ at }) => at <= emulator.now())
    sleepers = sleepers.filter(({ at }) => at > emulator.now())
    for (const { wake } of awake) wake()
    if (sleepers.length > 0) arm()
  }
  return {
    now: () => emulator.now(),
    sleep: (milliseconds, signal) =>
      new Promise(resolve => {
        if (signal?.aborted === true) return resolve()
        const sleeper: Sleeper = { at: emulator.now() + milliseconds, wake: resolve }
        signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter(one => one !== sleeper)
          resolve()
        })
        sleepers = [...sleepers, sleeper]
        arm()
      }),
  }
}

/** A clock that runs `times` as fast as the wall's, for runs with a real helm in them. */
export const fastClock = (times: number): Clock => {
  const start = Date.now()
  return {
    now: () => start + (Date.now() - start) * times,
    sleep: (milliseconds, signal) =>
      new Promise(resolve => {
        const timer = setTimeout(resolve, milliseconds / times)
        signal?.addEventListener('abort', () => {
          clearTimeout(timer)
          resolve()
        })
      }),
  }
}
