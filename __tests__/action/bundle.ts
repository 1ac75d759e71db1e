import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { nodePath } from '../github/runner.ts'

const root = resolve(import.meta.dirname, '..', '..')
const committed = join(root, 'dist', 'index.js')

const newest = (): number =>
  Math.max(
    ...readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).map(
      name => statSync(join(root, 'src', name)).mtimeMs,
    ),
  )

let built: string | undefined

/** The action as the runner starts it: the committed bundle if it is newer than every source, else a fresh one. */
export const actionEntry = (): string => {
  built ??= existsSync(committed) && statSync(committed).mtimeMs > newest() ? committed : build()
  return built
}

/** In a process of its own: rolldown's threads do not end inside a test environment. */
const build = (): string => {
  const file = join(mkdtempSync(join(tmpdir(), 'slipway-dist-')), 'dist', 'index.js')
  const script = `
    import { rolldown } from 'rolldown'
    import config from './rolldown.config.js'
    const [{ output, ...input }] = config
    await (await rolldown(input)).write({ ...output, file: process.argv[1] })`
  execFileSync(nodePath(), ['--input-type=module', '--eval', script, file], {
    cwd: root,
    stdio: 'pipe',
    timeout: 60_000,
  })
  return file
}
