import { type ChildProcess, spawn } from 'node:child_process'
import { stoppingLines } from '../../src/render/terminal/result.ts'
import { cliEntry, compiledOnce } from '../action/bundle.ts'

/** What a child process left behind. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** How a child process ended that worked in a temporary folder of its own and may have been struck. */
export interface StruckEnd extends Ended {
  /** Temporary files that it left behind. */
  readonly left: readonly string[]
}

/** The real command line, running in a process group of its own. */
export interface Child {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves once it has said that it stops, or has ended without saying so. */
  readonly stopping: Promise<unknown>
  /** SIGKILL, to it and to what it started. */
  readonly kill: () => void
  /** SIGTERM, to it alone. */
  readonly terminate: () => void
}

/** Starts `slipway` in a folder. */
export const startCli = (
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Child => {
  const child = spawn(process.execPath, [cliEntry(), ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: folder, NO_COLOR: '1', ...compiledOnce, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const [stdout, stderr] = [collected(child.stdout), collected(child.stderr)]
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout: stdout(), stderr: stderr() }))
  })
  const said = new Promise<void>(resolve => {
    child.stderr.on('data', () => {
      if (stops.test(stderr())) resolve()
    })
  })
  return {
    process: child,
    ended,
    stopping: Promise.race([said, ended]),
    kill: () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
    },
    terminate: () => void child.kill('SIGTERM'),
  }
}

/** The first word of what a run says that was asked to stop. */
const stops = new RegExp(`^${stoppingLines(0)[0]?.split(':')[0]}:`, 'm')

const collected = (stream: NodeJS.ReadableStream): (() => string) => {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString()
}
