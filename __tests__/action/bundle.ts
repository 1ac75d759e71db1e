import { existsSync, mkdtempSync, readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { rolldown } from 'rolldown'
import config from '../../rolldown.config.js'

const root = resolve(import.meta.dirname, '..', '..')
const committed = join(root, 'dist', 'index.js')

const newest = (): number =>
  Math.max(
    ...readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).map(
      name => statSync(join(root, 'src', name)).mtimeMs,
    ),
  )

let built: Promise<string> | undefined

/** The action as the runner starts it: the committed bundle if it is newer than every source, else a fresh one. */
export const actionEntry = (): Promise<string> => {
  built ??= existsSync(committed) && statSync(committed).mtimeMs > newest() ? Promise.resolve(committed) : build()
  return built
}

const build = async (): Promise<string> => {
  const [options] = config
  if (options === undefined) throw new Error('rolldown.config.js bundles nothing')
  const { output, ...input } = options
  const file = join(mkdtempSync(join(tmpdir(), 'slipway-dist-')), 'dist', 'index.js')
  const bundle = await rolldown({ ...input, cwd: root })
  await bundle.write({ ...output, file })
  await bundle.close()
  return file
}
