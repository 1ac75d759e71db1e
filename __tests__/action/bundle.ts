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

/** One place of a source that another version of the engine has otherwise. */
export interface Edit {
  /** Path below the checkout. */
  readonly file: string
  /** Text that stands there once. */
  readonly from: string
  readonly to: string
}

const others = new Map<string, string>()

/** Another version of the engine: the sources with another version number and these edits. */
export const otherEngine = (version: string, edits: readonly Edit[] = []): string => {
  const all = [{ file: 'src/engine.ts', from: 'manifest.version', to: `'${version}'` }, ...edits]
  const key = JSON.stringify(all)
  const entry = others.get(key) ?? build(all)
  others.set(key, entry)
  return entry
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
const build = (edits: readonly Edit[] = []): string => {
  const file = join(mkdtempSync(join(tmpdir(), 'slipway-dist-')), 'dist', 'index.js')
  execFileSync(nodePath(), ['--input-type=module', '--eval', script, file, JSON.stringify(edits)], {
    cwd: root,
    stdio: 'pipe',
    timeout: 60_000,
  })
  return file
}
