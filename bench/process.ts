import { spawn } from 'node:child_process'
import { timed } from './measure.ts'

/** What a program is started with. */
export interface Program {
  readonly command: string
  readonly arguments: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a program to its end; its standard output. @throws Error with what it said, if it does not end with 0. */
export const output = ({ command, arguments: words, cwd, env = {} }: Program): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, [...words], {
      ...(cwd === undefined ? {} : { cwd }),
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const chunks: Buffer[] = []
    const errors: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
    child.once('error', reject)
    child.once('close', code => {
      const said = Buffer.concat(chunks).toString()
      if (code === 0) return resolve(said)
      reject(new Error(`${command} ${words.join(' ')} ended with ${code}: ${said}${Buffer.concat(errors)}`))
    })
  })

/** Milliseconds from the start of a program to its end. @throws Error if it does not end with 0. */
export const timeOf = (program: Program): Promise<number> => timed(() => output(program))
