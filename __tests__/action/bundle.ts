import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { nodePath } from '../github/runner.ts'

const root = resolve(import.meta.dirname, '..', '..')

/** What is bundled: the action, or the command line. */
type Program = 'index' | 'cli'

const fileOf = (folder: string, program: Program): string => join(folder, 'dist', `${program}.js`)

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

const entries = new Map<Program, string>()

/** A program as people start it: the committed bundle if it is newer than every source, else one of these sources. */
const entryOf = (program: Program): string => {
  const entry = entries.get(program) ?? (isCurrent(program) ? fileOf(root, program) : builtWith(program))
  entries.set(program, entry)
  return entry
}

/** The action's bundle. */
export const actionEntry = (): string => entryOf('index')

/** The command line's bundle: it starts in a third of the time that the sources take. */
export const cliEntry = (): string => entryOf('cli')

/** Has a bundle compiled once, not for each process that it is started as. */
export const compiledOnce = { NODE_COMPILE_CACHE: join(tmpdir(), 'slipway-compiled') }

/** Another version of the engine: the sources with another version number and these edits. */
export const otherEngine = (version: string, edits: readonly Edit[] = []): string =>
  builtWith('index', [{ file: 'src/engine.ts', from: 'manifest.version', to: `'${version}'` }, ...edits])

const isCurrent = (program: Program): boolean => {
  const committed = fileOf(root, program)
  return (
    existsSync(committed) &&
    statSync(committed).mtimeMs > Math.max(...sources().map(({ mtimeMs }) => mtimeMs))
  )
}

/** A bundle with these edits, built once for all test files. */
const builtWith = (program: Program, edits: readonly Edit[] = []): string => {
  const key = createHash('sha256')
    .update(JSON.stringify([root, program, sources(), edits]))
    .digest('hex')
    .slice(0, 16)
  const folder = join(tmpdir(), `slipway-dist-${key}`)
  if (!existsSync(folder)) build(folder, program, edits)
  return fileOf(folder, program)
}

const script = `
  import { rolldown } from 'rolldown'
  import configs from './rolldown.config.js'
  import { basename } from 'node:path'
  const { output, ...input } = configs.find(({ output }) => basename(output.file) === basename(process.argv[1]))
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
const build = (folder: string, program: Program, edits: readonly Edit[]): void => {
  const fresh = mkdtempSync(`${folder}-`)
  const file = fileOf(fresh, program)
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
