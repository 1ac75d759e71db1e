import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isObject, type Json } from '../core/json.ts'
import { run } from './run.ts'

/**
 * The version of a helm, for example `4.2.4`; undefined if it does not say one. What a file said is remembered in `memory`,
 * since asking takes as long as rendering a chart: as long as its size, its time and its place on the disk stay the same.
 */
export const versionOf = async (path: string, memory: string): Promise<string | undefined> => {
  const known = await remembered(memory)
  const mark = await markOf(path)
  const before = known[path]
  if (mark !== undefined && before?.mark === mark) return before.version
  const version = await asked(path)
  if (mark === undefined || version === undefined) return version
  const others = Object.entries(known).filter(([other]) => other !== path)
  await remember(memory, [...others.slice(1 - most), [path, { mark, version }]])
  return version
}

/** Most files that are remembered, the last ones asked. */
const most = 20

interface Known {
  readonly mark: string
  readonly version: string
}

const markOf = (path: string): Promise<string | undefined> =>
  stat(path).then(
    ({ size, mtimeMs, ctimeMs, ino }) => [size, mtimeMs, ctimeMs, ino].join(' '),
    () => undefined,
  )

const asked = async (path: string): Promise<string | undefined> => {
  const { stdout } = await run({
    command: path,
    arguments: ['version', '--template', '{{.Version}}'],
    environment: { HOME: '/nonexistent', HELM_NO_PLUGINS: '1' },
    seconds: 20,
  }).catch(() => ({ stdout: '' }))
  return /v(\d+\.\d+\.\d+)/.exec(stdout)?.[1]
}

const remembered = async (memory: string): Promise<Readonly<Record<string, Known>>> => {
  try {
    const all = JSON.parse(await readFile(memory, 'utf8')) as Json
    return Object.fromEntries(Object.entries(isObject(all) ? all : {}).flatMap(knownIn))
  } catch {
    return {}
  }
}

const knownIn = ([path, known]: readonly [string, Json]): readonly (readonly [string, Known])[] => {
  const { mark, version } = isObject(known) ? known : {}
  return typeof mark === 'string' && typeof version === 'string' ? [[path, { mark, version }]] : []
}

/** A memory that cannot be written is none: helm is asked again. */
const remember = async (memory: string, known: readonly (readonly [string, Known])[]): Promise<void> => {
  const fresh = `${memory}-${randomUUID()}`
  try {
    await mkdir(dirname(memory), { recursive: true })
    await writeFile(fresh, JSON.stringify(Object.fromEntries(known)), { mode: 0o600 })
    await rename(fresh, memory)
  } catch {
    // The cache's folder is not ours to write to.
  }
}
