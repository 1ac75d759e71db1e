import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { basename, join } from 'node:path'

/** A program that runs. */
export interface Started {
  /** Kills it, and waits until it is gone. */
  stop(): Promise<void>
}

/** Programs that run until they are stopped; each logs into a file of its own. */
export interface Processes {
  start(command: string, list: readonly string[]): Started
  /** Throws if one of them has ended by itself, with the end of its log. */
  check(): Promise<void>
  /** Ends them, the last one first. */
  stop(): Promise<void>
}

/** The environment of the parts: none of ours, no proxies above all, since the API server would use them. */
const environment = { PATH: '/usr/bin:/bin', HOME: '/nonexistent', TMPDIR: process.env.TMPDIR ?? '/tmp' }

/** Ends the program as soon as our end of its standard input closes, be it that this process was killed. */
const guard = 'exec 3<&0; "$@" </dev/null & p=$!; { cat <&3 >/dev/null; kill -9 $p; } & wait $p'

/** Nothing runs at first. `folder`: where the logs go. */
export const createProcesses = (folder: string): Processes => {
  const running: Running[] = []
  return {
    start(command, list) {
      const name = basename(command)
      const log = join(folder, `${name}.log`)
      const child = spawn('/bin/sh', ['-c', guard, 'sh', command, ...list], {
        env: environment,
        stdio: ['pipe', 'pipe', 'pipe'],
      })
      const file = createWriteStream(log, { flags: 'a' })
      child.stdout.pipe(file, { end: false })
      child.stderr.pipe(file, { end: false })
      const started = { child, name, log }
      running.push(started)
      return {
        stop: async () => {
          running.splice(running.indexOf(started), 1)
          await ended(child)
        },
      }
    },
    async check() {
      const gone = running.find(({ child }) => child.exitCode !== null)
      if (gone !== undefined)
        throw new Error(`${gone.name} ended: ${(await readFile(gone.log, 'utf8')).slice(-2000)}`)
    },
    async stop() {
      for (const { child } of running.toReversed()) await ended(child)
    },
  }
}

interface Running {
  readonly child: ChildProcess
  readonly name: string
  readonly log: string
}

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null) return
  const closed = new Promise<void>(done => void child.once('close', () => done()))
  child.stdin?.end()
  await closed
}

/** So many TCP ports of the loopback interface that nobody listens on. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(
    servers.map(
      server =>
        new Promise<number>((done, fail) => {
          server.once('error', fail)
          server.listen(0, '127.0.0.1', () => done((server.address() as { port: number }).port))
        }),
    ),
  )
  await Promise.all(servers.map(server => new Promise<void>(done => void server.close(() => done()))))
  return ports
}

/** Waits until `ready` gives something; asks four times a second. Throws after `seconds`. */
export const until = async <T>(
  what: string,
  ready: () => Promise<T | undefined | false>,
  seconds = 180,
): Promise<T> => {
  const started = Date.now()
  for (;;) {
    const found = await ready()
    if (found !== undefined && found !== false) return found
    if (Date.now() - started > seconds * 1000) throw new Error(`${what}: not within ${seconds} s`)
    await new Promise(done => setTimeout(done, 250))
  }
}
