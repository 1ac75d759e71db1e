import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { output } from './process.ts'

/** A fresh repository, not on GitHub, with one environment file in its only commit. */
export const cloneWith = async (path: string, text: string): Promise<string> => {
  const cwd = await mkdtemp(join(tmpdir(), 'slipway-bench-clone-'))
  await mkdir(join(cwd, dirname(path)), { recursive: true })
  await writeFile(join(cwd, path), text)
  const git = (...words: readonly string[]) =>
    output({
      command: 'git',
      arguments: ['-c', 'user.name=b', '-c', 'user.email=b@example.com', ...words],
      cwd,
    })
  await git('init', '--quiet', '--initial-branch=main')
  await git('add', '.')
  await git('commit', '--quiet', '--message', 'First')
  return cwd
}
