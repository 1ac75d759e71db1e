import type { ExecutionEvent } from '../commands/execute.ts'
import { stoppingLines } from '../render/terminal/result.ts'

/** How a run is asked to stop, and what was under way then. */
export interface Stop {
  readonly signal: AbortSignal
  /** Told what is going on, so that it can say what goes on without us. */
  readonly onEvent: (event: ExecutionEvent) => void
  /** What is left behind if the process has to end before its work does; called with what is under way then. Synchronous. */
  readonly lastWord: (leave: ((running: readonly string[]) => void) | undefined) => void
  /** Lets the process go. */
  dispose(): void
}

/** The runner sends SIGINT, 7.5 s later SIGTERM, 2.5 s later the end: milliseconds until we end by ourselves. */
const deadline = 7_000

/**
 * Obeys SIGINT and SIGTERM: nothing new is started, what runs at Google is named, and the process ends in time even if
 * an answer never comes.
 */
export const listenForStop = (say: (text: string) => void): Stop => {
  const controller = new AbortController()
  const running = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let leave: ((running: readonly string[]) => void) | undefined
  const end = () => {
    leave?.([...running])
    process.exit(1)
  }
  const stop = () => {
    if (controller.signal.aborted) return
    for (const line of stoppingLines(running.size)) say(line)
    if (running.size > 0) say(`Under way: ${[...running].join(', ')}.`)
    timer = setTimeout(end, deadline)
    controller.abort()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return {
    signal: controller.signal,
    onEvent: ({ event, address }) => {
      if (event === 'begin') running.add(address)
      if (event === 'end') running.delete(address)
    },
    lastWord: last => {
      leave = last
    },
    dispose: () => {
      clearTimeout(timer)
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
    },
  }
}
