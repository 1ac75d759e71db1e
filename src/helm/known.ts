import { statSync } from 'node:fs'
import type { Facts } from '../cache/facts.ts'
import { isObject } from '../core/json.ts'
import { run } from './run.ts'

/**
 * The version of a helm, for example `4.2.4`; undefined if it does not say one. What a file said is remembered, since
 * asking takes as long as rendering a chart: as long as its size, its times and its place on the disk stay the same.
 */
export const versionOf = async (path: string, facts: Facts): Promise<string | undefined> => {
  const mark = markOf(path)
  const fact = facts.recall(path)
  const before = isObject(fact) ? fact : {}
  if (mark !== undefined && before.mark === mark && typeof before.version === 'string') return before.version
  const version = await asked(path)
  if (mark !== undefined && version !== undefined) await facts.keep(path, { mark, version })
  return version
}

const markOf = (path: string): string | undefined => {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined ? undefined : [found.size, found.mtimeMs, found.ctimeMs, found.ino].join(' ')
}

const asked = async (path: string): Promise<string | undefined> => {
  const { stdout } = await run({
    command: path,
    arguments: ['version', '--template', '{{.Version}}'],
    environment: { HOME: '/nonexistent', HELM_NO_PLUGINS: '1' },
    seconds: 20,
  }).catch(() => ({ stdout: '' }))
  return /v(\d+\.\d+\.\d+)/.exec(stdout)?.[1]
}
