import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { nodePath } from '../github/runner.ts'

const root = resolve(import.meta.dirname, '..', '..')
const committed = join(root, 'dist', 'index.js')

/** What a bundle is made of, by path, size and time. */
const sources = (): readonly { readonly path: string; readonly size: number; readonly mtimeMs: number }[] => {
  const below = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).map(
    name => `src/${name}`,
  )
  return [...below, 'rolldown.config.js', 'package-lock.json'].map(path => {
    const { size, mtimeMs } = statSync(join(root, path))
    return { path, size, mtimeMs }
  })
}

/** One place of a source that another version of the engine has otherwise. */
export interface Edit {
  /** Path below the checkout. */
  readonly file: string
  /** Text that stands there once. */
  readonly from: string
  readonly to: string
}

let entry: string | undefined

/** The action as the runner starts it: the committed bundle if it is newer than every source, else one of these sources. */
export const actionEntry = (): string => {
  entry ??= isCurrent() ? committed : builtWith([])
  return entry
}

/** Another version of the engine: the sources with another version number and these edits. */
export const otherEngine = (version: string, edits: readonly Edit[] = []): string =>
  builtWith([{ file: 'src/engine.ts', from: 'manifest.version', to: `'${version}'` }, ...edits])

const isCurrent = (): boolean =>
  existsSync(committed) && statSync(committed).mtimeMs > Math.max(...sources().map(({ mtimeMs }) => mtimeMs))

/** A bundle with these edits, built once for all test files. */
const builtWith = (edits: readonly Edit[]): string => {
  const key = createHash('sha256')
    .update(JSON.stringify([root, sources(), edits]))
    .digest('hex')
    .slice(0, 16)
  const folder = join(tmpdir(), `slipway-dist-${key}`)
  if (!existsSync(folder)) build(folder, edits)
  return join(folder, 'dist', 'index.js')
}

const script = `
  import { rolldown } from 'rolldown'
  import config from './rolldown.config.js'
  const [{ output, ...input }] = config
  const edits = JSON.parse(process.argv[2])
  const edited = {
    name: 'edited',
    transform(code, id) {
      return edits.filter(({ file }) => id.endsWith(file)).reduce((text, { file, from, to }) => {
        if (text.split(from).length !== 2) throw new Error(file + ' has not once: ' + from)
        return text.replace(from, () => to)
      }, code)
    },
  }
  const plugins = [edited, ...(input.plugins ?? [])]
  await (await rolldown({ ...input, plugins })).write({ ...output, file: process.argv[1] })`

/** In a process of its own: rolldown's threads do not end inside a test environment. */
const build = (folder: string, edits: readonly Edit[]): void => {
  const fresh = mkdtempSync(`${folder}-`)
  const file = join(fresh, 'dist', 'index.js')
  writeFileSync(join(fresh, 'package.json'), '{"type": "module"}')
  execFileSync(nodePath(), ['--input-type=module', '--eval', script, file, JSON.stringify(edits)], {
    cwd: root,
    stdio: 'pipe',
    timeout: 60_000,
  })
  try {
    renameSync(fresh, folder)
  } catch (error) {
    // Another test file was quicker; what it made is the same.
    if (!existsSync(folder)) throw error
    rmSync(fresh, { recursive: true })
  }
}
