import { spawn } from 'node:child_process'
import { basename } from 'node:path'
import { StoppedError } from '../core/problem.ts'

/** A program to run. */
export interface Run {
  readonly command: string
  readonly arguments: readonly string[]
  /** The whole environment: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>
  readonly seconds: number
  /** Most bytes of each output; more ends the program. */
  readonly bytes?: number
  /** Aborting it sends SIGINT, as a terminal would, and waits for the program to end by itself. */
  readonly signal?: AbortSignal
  readonly onLine?: (line: string) => void
}

/** How a program ended. */
export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Set if it was ended from here. */
  readonly ended?: 'time' | 'output'
}

/** Most bytes of each output of a program that is not told otherwise. */
export const mostOutput = 64 * 1024 * 1024

/**
 * Runs a program to its end, within a time and an amount of output. @throws Error if it cannot be started, StoppedError if
 * it was to stop before it began: a signal that has been given is not given again.
 */
export const run = (what: Run): Promise<Ran> =>
  new Promise((resolve, reject) => {
    if (what.signal?.aborted === true)
      return reject(new StoppedError(`${basename(what.command)} was not begun: the run was asked to stop.`))
    const child = spawn(what.command, [...what.arguments], {
      env: { ...what.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let ended: Ran['ended']
    const end = (why: NonNullable<Ran['ended']>): void => {
      ended ??= why
      child.kill('SIGKILL')
    }
    const timer = setTimeout(() => end('time'), what.seconds * 1000)
    const interrupt = (): void => void child.kill('SIGINT')
    what.signal?.addEventListener('abort', interrupt, { once: true })
    const outputs = [child.stdout, child.stderr].map(stream => collect(stream, what, () => end('output')))
    const cleanUp = (): void => {
      clearTimeout(timer)
      what.signal?.removeEventListener('abort', interrupt)
    }
    child.on('error', error => {
      cleanUp()
      reject(error)
    })
    child.on('close', code => {
      cleanUp()
      const [stdout = '', stderr = ''] = outputs.map(text => text())
      resolve({ code, stdout, stderr, ...(ended === undefined ? {} : { ended }) })
    })
  })

const collect = (stream: NodeJS.ReadableStream, { bytes = mostOutput, onLine }: Run, full: () => void) => {
  const chunks: Buffer[] = []
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > bytes) return full()
    chunks.push(chunk)
    if (onLine !== undefined) for (const line of chunk.toString().split('\n')) if (line !== '') onLine(line)
  })
  return () => Buffer.concat(chunks).toString('utf8')
}
