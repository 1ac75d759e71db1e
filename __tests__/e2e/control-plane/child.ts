import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import type { Plan } from '../../../src/core/plan.ts'
import type { ApplyRecord, OpenRecord } from '../../../src/core/record.ts'
import { engine } from '../../../src/engine.ts'
import { Ledger } from '../../support/ledger.ts'
import { applyOnce, type Run } from './engine.ts'

/** An apply in a process group of its own, which can be killed with everything that it started. */
export interface Child {
  /** SIGKILL to the process and to its helm; resolves when it is gone. */
  kill(): Promise<void>
  readonly ended: Promise<void>
}

interface Task {
  readonly file: string
  readonly reviewed: Plan
  readonly run: Pick<Run, 'role' | 'env' | 'folder'>
  readonly before: string | undefined
}

/**
 * Begins to apply `file` in another process. `before`: the file that was applied last. What the child records is taken
 * into the parent's ledger.
 */
export const startChild = (file: string, reviewed: Plan, run: Run, before?: string): Child => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'child.ts')], {
    detached: true,
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const { role, env, folder } = run
  child.stdin.end(JSON.stringify({ file, reviewed, run: { role, env, folder }, before } satisfies Task))
  createInterface({ input: child.stdout }).on('line', line => {
    const said = JSON.parse(line) as { readonly record?: Contents; readonly line?: string }
    if (said.record !== undefined)
      void run.ledger.begin(said.record.environment, said.record.engine, file)(said.record.contents)
    else run.said(said.line ?? '')
  })
  createInterface({ input: child.stderr }).on('line', line => {
    process.stderr.write(`${line}\n`)
    run.said(line)
  })
  const ended = new Promise<void>(done => void child.once('close', () => done()))
  return {
    ended,
    kill: async () => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      await ended
    },
  }
}

type Contents = {
  readonly environment: string
  readonly engine: string
  readonly contents: Pick<ApplyRecord, 'identities' | 'charts'>
}

const print = (said: object): void => void process.stdout.write(`${JSON.stringify(said)}\n`)

/** Records as usual, and says so to the parent. */
class ToldLedger extends Ledger {
  /** As if `file` had been applied before. */
  async remember(file: string): Promise<void> {
    const name = /^name: (\S+)$/m.exec(file)?.[1] ?? ''
    const record = await super.begin(name, engine, file)({ identities: {}, charts: {} })
    await record.close('success', { description: '' })
  }
  override begin(environment: string, version: string, file: string) {
    const write = super.begin(environment, version, file)
    return async (contents: Contents['contents']): Promise<OpenRecord> => {
      print({ record: { environment, engine: version, contents } })
      return write(contents)
    }
  }
}

const main = async (): Promise<void> => {
  const { file, reviewed, run, before } = JSON.parse(await text(process.stdin)) as Task
  const ledger = new ToldLedger()
  if (before !== undefined) await ledger.remember(before)
  await applyOnce(file, reviewed, { ...run, ledger, said: line => print({ line }) })
}

if (process.argv[1] === import.meta.filename) await main()
