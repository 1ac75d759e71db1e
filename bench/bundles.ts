import { cp, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { output } from './process.ts'

let made: Promise<string> | undefined

/** A folder with `dist/index.js` and `bin/slipway.js` as these sources make them, built once a run. */
export const builtBundles = (): Promise<string> => {
  made ??= build()
  return made
}

/** In a process of its own: rolldown's threads compete with what is measured. */
const script = `
  import { join } from 'node:path'
  import { rolldown } from 'rolldown'
  import bundles from './rolldown.config.js'
  for (const { output, ...input } of bundles)
    await (await rolldown(input)).write({ ...output, file: join(process.argv[1], output.file) })
  process.exit()`

const build = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'))
  await writeFile(join(folder, 'package.json'), '{"type": "module"}')
  const root = resolve(import.meta.dirname, '..')
  await cp(join(root, 'bin'), join(folder, 'bin'), { recursive: true })
  await output({
    command: process.execPath,
    arguments: ['--input-type=module', '--eval', script, folder],
    cwd: root,
  })
  return folder
}
