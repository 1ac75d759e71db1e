import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { createTurns } from '../core/turns.ts'
import { mostOutput, type Ran, type Run, run } from './run.ts'

/** A program that is run to its end; `folder` is a folder of its own, for its script and what it says. */
export type ShellRun = Pick<Run, 'command' | 'arguments' | 'environment' | 'seconds'> & {
  readonly folder: string
}

/** Places where programs run. */
export interface Shells {
  /** Starts the first one, while there is something else to wait for. */
  prepare(): void
  /** Runs a program as soon as a place is free. @throws Error if it cannot be started. */
  run(what: ShellRun): Promise<Ran>
}

/**
 * Runs each script that it is named, and says how it ended. What programs say is nobody else's to read, and no file gets
 * larger than is read: POSIX counts in blocks of 512 bytes.
 */
const loop = `umask 077; ulimit -f ${mostOutput / 512}; while IFS= read -r script; do ( . "$script" ); echo $?; done`

/**
 * Runs programs, as many at a time as there are `places`, each place a shell that is kept. Node takes ten milliseconds and
 * more for every program that it starts itself, since it forks all its memory; a shell takes one. Their small files are
 * read and written at once: handed to another thread, each step of it would wait for a core that programs keep busy.
 */
export const createShells = (places: number): Shells => {
  const turn = createTurns(places)
  const idle: Shell[] = []
  let isReady = false
  return {
    prepare: () => {
      if (!isReady) idle.push(new Shell())
      isReady = true
    },
    run: what =>
      turn(async () => {
        const shell = idle.pop() ?? new Shell()
        const ran = await shell.run(what)
        if (shell.alive) idle.push(shell)
        return ran
      }),
  }
}

class Shell {
  alive = true
  #killed = false
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  #answered: (line: string | undefined) => void = () => undefined

  constructor() {
    // A group of its own: who stops it stops what it runs.
    this.#child = spawn('/bin/sh', ['-c', loop], {
      detached: true,
      env: {},
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    this.#child.stdin.on('error', () => this.#end())
    this.#child.on('error', () => this.#end())
    this.#child.on('close', () => this.#end())
    createInterface(this.#child.stdout).on('line', line => this.#answered(line))
    this.#hold(false)
  }

  async run({ folder, seconds, ...what }: ShellRun): Promise<Ran> {
    const files = {
      script: join(folder, 'script'),
      stdout: join(folder, 'stdout'),
      stderr: join(folder, 'stderr'),
    }
    writeFileSync(files.script, scriptOf(what, files), { mode: 0o600 })
    this.#hold(true)
    const timer = setTimeout(() => this.#kill(), seconds * 1000)
    const line = await this.#asked(files.script)
    clearTimeout(timer)
    this.#hold(false)
    if (line === undefined && this.#killed)
      return { code: null, stdout: '', stderr: textOf(files.stderr), ended: 'time' }
    // No shell here, or somebody ended it.
    if (line === undefined) return run({ ...what, seconds })
    const size = statSync(files.stdout, { throwIfNoEntry: false })?.size ?? 0
    if (size >= mostOutput) return { code: null, stdout: '', stderr: '', ended: 'output' }
    return { code: Number(line), stdout: textOf(files.stdout), stderr: textOf(files.stderr) }
  }

  #asked(script: string): Promise<string | undefined> {
    return new Promise(resolve => {
      this.#answered = resolve
      if (this.alive) this.#child.stdin.write(`${script}\n`)
      else resolve(undefined)
    })
  }

  #kill(): void {
    const { pid, exitCode, signalCode } = this.#child
    if (pid === undefined || exitCode !== null || signalCode !== null) return
    this.#killed = true
    this.alive = false
    process.kill(-pid, 'SIGKILL')
  }

  #end(): void {
    this.alive = false
    this.#answered(undefined)
  }

  /** A shell that waits for work keeps nobody waiting. */
  #hold(working: boolean): void {
    for (const one of [this.#child, this.#child.stdin, this.#child.stdout] as readonly Holding[])
      if (working) one.ref()
      else one.unref()
  }
}

interface Holding {
  ref(): void
  unref(): void
}

const scriptOf = (
  { command, arguments: list, environment }: Pick<Run, 'command' | 'arguments' | 'environment'>,
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
): string => {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  const words = [...variables, command, ...list].map(quoted).join(' ')
  return `exec /usr/bin/env -i ${words} > ${quoted(stdout)} 2> ${quoted(stderr)}\n`
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
