import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionEvent } from '../commands/execute.ts'
import { type Composed, compose } from '../compose.ts'
import { Redactor } from '../core/secret.ts'
import { engine } from '../engine.ts'
import { ansiPalette, type Palette, plainPalette } from '../render/terminal/palette.ts'

/** The terminal that a command runs in. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly write: (text: string) => void
  /** For progress and problems, so that what is printed can be piped. */
  readonly writeError: (text: string) => void
  /** True if progress can be drawn over itself. */
  readonly interactive: boolean
  readonly width: number
  readonly palette: Palette
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** Asks a question; the answer without its line break, '' where nobody can answer. */
  readonly ask: (question: string) => Promise<string>
}

/** The colours of a terminal: none where NO_COLOR is set or nobody looks (no-color.org). */
export const paletteFor = (env: NodeJS.ProcessEnv, isTerminal: boolean): Palette =>
  isTerminal && !env.NO_COLOR && env.TERM !== 'dumb' ? ansiPalette : plainPalette

/** Prints lines. */
export const print = ({ write }: Terminal, lines: readonly string[]): void => write(`${lines.join('\n')}\n`)

/** What a command on real (or emulated) projects works with, inside a temporary folder that is deleted afterwards. */
export const withBench = async <T>(
  terminal: Terminal,
  options: { readonly onEvent?: (event: ExecutionEvent) => void },
  work: (composed: Composed) => Promise<T>,
): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-'))
  const composed = compose({
    env: terminal.env,
    engine,
    role: 'applier',
    identities: () => ({ applier: terminal.env.SLIPWAY_APPLIER }),
    idToken: undefined,
    folder,
    signal: terminal.signal,
    redactor: new Redactor(),
    values: valuesOf(terminal.env),
    onEvent: options.onEvent ?? (() => undefined),
    progress: text => terminal.writeError(`${text}\n`),
  })
  try {
    return await work(composed)
  } finally {
    await composed.dispose()
    // Nothing else is under way by now, and one call is done sooner than many small ones.
    rmSync(folder, { recursive: true, force: true })
  }
}

/** `{env: NAME}` takes its value from the variable of that name. */
const valuesOf = (env: NodeJS.ProcessEnv): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
