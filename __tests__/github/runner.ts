import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Annotation, CommandReader } from './runner/commands.ts'
import { createCommandReader } from './runner/commands.ts'
import type { FileCommands } from './runner/files.ts'
import { createFiles, readFiles } from './runner/files.ts'

/** One step: a JavaScript action's `main` or `post`. */
export interface Step {
  /** The bundle, for example `dist/index.js`. */
  readonly entry: string
  readonly inputs?: Readonly<Record<string, string>>
  /** The job's variables (GITHUB_*, RUNNER_*, ACTIONS_*) and the step's own; nothing else is inherited but PATH. */
  readonly env: Readonly<Record<string, string>>
  /** The workspace. */
  readonly cwd: string
  /** Where the step's files go: the runner's `_runner_file_commands`. */
  readonly files: string
  /** For `post`: the state that `main` saved. */
  readonly state?: Readonly<Record<string, string>>
}

/** How a step ended. */
export interface StepResult extends FileCommands {
  readonly conclusion: 'success' | 'failure' | 'cancelled'
  readonly exitCode: number | null
  readonly signal: string | null
  /** Standard output and error as written. */
  readonly raw: string
  /** The log as people see it. */
  readonly log: string
  readonly annotations: readonly Annotation[]
  readonly masks: ReadonlySet<string>
  readonly groups: readonly string[]
  readonly refused: readonly string[]
}

/** A step that runs. */
export interface RunningStep {
  readonly pid: number
  readonly finished: Promise<StepResult>
  /** Resolves with the first raw line that matches, past ones included; rejects if the step ends without one. */
  readonly saw: (pattern: RegExp) => Promise<string>
  /** The run is cancelled: SIGINT, 7.5 s later SIGTERM, 2.5 s later the end. */
  readonly cancel: () => void
  /** The runner is lost: everything dies at once, without a signal that could be handled. */
  readonly lose: () => void
}

const SIGINT_MS = 7_500
const SIGTERM_MS = 2_500

/** Node 24 from the `node` package, as `using: node24` provides it. */
export const nodePath = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node')

/** `INPUT_…`: upper case, blanks become underscores, hyphens stay. */
export const inputVariables = (inputs: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
      value.trim(),
    ]),
  )

const stateVariables = (state: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]))

/** Kills the process and all that it started (it leads a process group). */
const killTree = (child: ChildProcess): void => {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ESRCH') throw error
  }
}

interface Watch {
  readonly pattern: RegExp
  readonly resolve: (line: string) => void
  readonly reject: (error: Error) => void
}

interface Output {
  readonly raw: string[]
  readonly reader: CommandReader
  readonly saw: RunningStep['saw']
  readonly end: () => void
}

const watchOutput = (child: ChildProcess): Output => {
  const raw: string[] = []
  const reader = createCommandReader()
  const watches = new Set<Watch>()
  let ended = false
  for (const input of [child.stdout, child.stderr]) {
    if (input === null) continue
    createInterface({ input }).on('line', line => {
      raw.push(line)
      reader.line(line)
      for (const watch of watches) if (watch.pattern.test(line) && watches.delete(watch)) watch.resolve(line)
    })
  }
  const saw = (pattern: RegExp): Promise<string> => {
    const past = raw.find(line => pattern.test(line))
    if (past !== undefined) return Promise.resolve(past)
    if (ended) return Promise.reject(new Error(`The step ended without ${pattern}:\n${raw.join('\n')}`))
    return new Promise((resolve, reject) => watches.add({ pattern, resolve, reject }))
  }
  const end = (): void => {
    ended = true
    for (const { pattern, reject } of watches)
      reject(new Error(`The step ended without ${pattern}:\n${raw.join('\n')}`))
  }
  return { raw, reader, saw, end }
}

const launch = (step: Step, files: Readonly<Record<string, string>>): ChildProcess =>
  spawn(nodePath(), [step.entry], {
    cwd: step.cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      ...step.env,
      ...inputVariables(step.inputs ?? {}),
      ...stateVariables(step.state ?? {}),
      ...files,
    },
  })

/** Numbers the steps, so that each has files of its own. */
let steps = 0

/** Starts a step. */
export const startStep = (step: Step): RunningStep => {
  steps += 1
  const files = createFiles(step.files, steps)
  const child = launch(step, files)
  const output = watchOutput(child)
  const timers: NodeJS.Timeout[] = []
  let cancelled = false
  const finished = new Promise<StepResult>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode, signal) => {
      for (const timer of timers) clearTimeout(timer)
      output.end()
      const ended = exitCode === 0 ? 'success' : 'failure'
      const { log, annotations, masks, groups, refused } = output.reader
      resolve({
        ...{
          conclusion: cancelled ? 'cancelled' : ended,
          exitCode,
          signal,
          annotations,
          masks,
          groups,
          refused,
        },
        ...{ raw: output.raw.join('\n'), log: log.join('\n') },
        ...readFiles(files),
      })
    })
  })
  const cancel = (): void => {
    if (cancelled) return
    cancelled = true
    child.kill('SIGINT')
    timers.push(setTimeout(() => child.kill('SIGTERM'), SIGINT_MS))
    timers.push(setTimeout(() => killTree(child), SIGINT_MS + SIGTERM_MS))
  }
  return { pid: child.pid ?? -1, finished, saw: output.saw, cancel, lose: () => killTree(child) }
}

/** Runs a step to its end. */
export const runStep = (step: Step): Promise<StepResult> => startStep(step).finished
