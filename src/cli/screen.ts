import type { ExecutionEvent } from '../commands/execute.ts'
import { progressEvent } from '../commands/progress-event.ts'
import type { Plan } from '../core/plan.ts'
import { advance, frame, type Progress, plainLine, progressOf } from '../render/terminal/progress.ts'
import type { Terminal } from './context.ts'

/** Shows an apply while it runs: a picture drawn over itself, or timed lines where there is no screen. */
export interface Screen {
  show(event: ExecutionEvent): void
  /** Lines that stay, whatever is drawn after them. */
  say(lines: readonly string[]): void
  /** Leaves the last picture standing. */
  close(): void
}

/** How often the picture is drawn anew, milliseconds. */
const interval = 120

/** Opens a screen for a plan. */
export const openScreen = (terminal: Terminal, plan: Plan): Screen =>
  terminal.interactive ? drawing(terminal, plan) : lines(terminal)

/** One line an event; what a step says again and again is said once. */
const lines = ({ writeError }: Terminal): Screen => {
  const began = Date.now()
  const said = new Map<string, string>()
  return {
    show: event => {
      const { kind, address, text, ...rest } = progressEvent(event)
      if (kind === 'progress' && said.get(address) === text) return
      said.set(address, text)
      writeError(`${plainLine({ kind, address, text, ...rest }, began)}\n`)
    },
    say: told => writeError(`\n${told.join('\n')}\n`),
    close: () => undefined,
  }
}

const drawing = ({ writeError, width, palette }: Terminal, plan: Plan): Screen => {
  let progress: Progress = progressOf(plan, Date.now())
  let height = 0
  // To the first line of the picture; what Ctrl-C put on the screen stands before the cursor.
  const back = () => `\r${height === 0 ? '' : `\u001b[${height}A`}`
  const draw = () => {
    const picture = frame(progress, Date.now(), width, palette, (process.stderr.rows ?? 40) - 2)
    writeError(`${back()}${picture.map(line => `\u001b[2K${line}`).join('\n')}\n\u001b[J`)
    height = picture.length
  }
  const timer = setInterval(draw, interval)
  return {
    show: event => {
      progress = advance(progress, progressEvent(event))
    },
    say: told => {
      writeError(`${back()}\u001b[J${told.join('\n')}\n`)
      height = 0
      draw()
    },
    close: () => {
      clearInterval(timer)
      draw()
    },
  }
}
