// Runs the project's own Node with the given arguments; first installs what the lock file names, unless that is there
// already. So the README's commands need nothing before them. Plain JavaScript for any Node from 18 on.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const windows = process.platform === 'win32'
const installed = `${root}node_modules/.package-lock.json`

/** Runs a command to its end; its own exit code, or 1, ends this program too if it is not 0. */
const run = (command, words, stdio) => {
  const { status, error } = spawnSync(command, words, { cwd: root, stdio, shell: windows })
  if (error !== undefined) console.error(`${command}: ${error.message}`)
  if (status !== 0) process.exit(status ?? 1)
}

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(`${root}package-lock.json`).mtimeMs) {
  console.error('Installing what package-lock.json names (once) …')
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], ['ignore', 2, 2])
}
const words = process.argv.slice(2)
if (words.length > 0) run(`${root}node_modules/.bin/node`, words, 'inherit')
