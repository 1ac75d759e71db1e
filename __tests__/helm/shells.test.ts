import { mkdtemp, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { createShells } from '../../src/helm/shells.ts'

const fresh = () => mkdtemp(join(tmpdir(), "slipway-shell's-"))

const shell = async (script: string, more: readonly string[] = [], seconds = 20) => ({
  command: '/bin/sh',
  arguments: ['-c', script, ...more],
  environment: { WORD: "it's $HOME\n`x`" },
  seconds,
  folder: await fresh(),
})

/** Waits until there is no such process, which whoever inherited it has to see first. */
const gone = async (pid: number): Promise<void> => {
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await wait(10)
  }
}

describe('programs in a shell that is kept', () => {
  test('get their words and their environment as they are, and nothing else', async () => {
    const words = ["a'b", '$HOME', '`ls`', 'two\nlines', '', '*', '\\']
    const { run } = createShells(1)
    const ran = await run(
      await shell('printf "%s|" "$@"; printf "%s" "$WORD"; echo no >&2; exit 3', ['sh', ...words]),
    )
    expect(ran).toEqual({ code: 3, stdout: `${words.join('|')}|it's $HOME\n\`x\``, stderr: 'no\n' })
    const { stdout } = await run(await shell('env | grep -v "^_=\\|^PWD=\\|^SHLVL=" | cut -d= -f1'))
    expect(stdout.split('\n').filter(name => /^\w+$/.test(name))).toEqual(['WORD'])
  })
  test('share shells, as many as there are places', async () => {
    const { prepare, run } = createShells(2)
    prepare()
    const parents = await Promise.all(
      Array.from({ length: 8 }, async () =>
        (await run(await shell('sleep 0.05; ps -o ppid= -p $$'))).stdout.trim(),
      ),
    )
    expect(new Set(parents).size).toBe(2)
  })
  test('are ended with all that they started when their time is over, and the next one runs', async () => {
    const { run } = createShells(1)
    const late = await shell('echo $$ > "$1/pid"; sleep 60 & sleep 60', ['sh'], 1)
    const slow = { ...late, arguments: [...late.arguments, late.folder] }
    expect(await run(slow)).toMatchObject({ code: null, ended: 'time' })
    const pid = Number(await readFile(join(late.folder, 'pid'), 'utf8'))
    await gone(pid)
    expect(await run(await shell('echo well'))).toEqual({ code: 0, stdout: 'well\n', stderr: '' })
  })
  test('are stopped where they say too much', async () => {
    const { run } = createShells(1)
    const loud = await shell('head -c 70000000 /dev/zero')
    expect(await run(loud)).toEqual({ code: null, stdout: '', stderr: '', ended: 'output' })
    const { size, mode } = await stat(join(loud.folder, 'stdout'))
    expect([size, mode & 0o777]).toEqual([64 * 1024 * 1024, 0o600])
  })
  test('are run without one where it is ended from outside', async () => {
    const { run } = createShells(1)
    const ran = await run(
      await shell('test -e "$1/once" && echo again || { touch "$1/once"; kill -9 $PPID; }', [
        'sh',
        await fresh(),
      ]),
    )
    expect(ran).toMatchObject({ code: 0, stdout: 'again\n' })
  })
})
