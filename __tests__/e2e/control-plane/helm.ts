import { execFile } from 'node:child_process'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { JsonObject } from '../../../src/core/json.ts'
import { findHelm } from '../../../src/helm/find.ts'
import type { World } from './world.ts'

const found = (): Promise<string> =>
  findHelm({ environment: process.env, progress: line => void process.stderr.write(`${line}\n`) })

/** Installs a release with helm alone, as somebody did before there was Slipway. */
export const installByHand = async (
  { plane, folder, charts }: World,
  release: string,
  version: string,
  values: JsonObject,
): Promise<void> => {
  const home = await mkdtemp(join(folder, 'hand-'))
  await writeFile(join(home, 'values.json'), JSON.stringify(values))
  const list = ['upgrade', release, `${charts}/skypilot-${version}.tgz`, '--install', '--create-namespace']
  const more = ['--namespace', release, '--values', join(home, 'values.json'), '--wait', '--timeout', '60s']
  await promisify(execFile)(await found(), [...list, ...more, '--kubeconfig', plane.kubeconfig], {
    env: { PATH: '/usr/bin:/bin', HOME: home },
  })
}

/** A helm that tells its process id before it changes anything. */
export interface ToldHelm {
  /** PATH with this helm in front. */
  readonly env: { readonly PATH: string }
  /** Process id of the helm that changes something right now, or did last; undefined: none did. */
  pid(): Promise<number | undefined>
}

/** Puts a script in front of the real helm. */
export const tellingHelm = async ({ folder }: World): Promise<ToldHelm> => {
  const home = await mkdtemp(join(folder, 'bin-'))
  const file = join(home, 'pid')
  const lines = [
    '#!/bin/sh',
    'case "$*" in',
    '  *--dry-run*) ;;',
    `  upgrade*) echo $$ > '${file}' ;;`,
    'esac',
    `exec '${await found()}' "$@"`,
  ]
  await writeFile(join(home, 'helm'), `${lines.join('\n')}\n`, { mode: 0o755 })
  return {
    env: { PATH: `${home}:${process.env.PATH ?? ''}` },
    pid: async () => {
      const text = await readFile(file, 'utf8').catch(() => '')
      return text === '' ? undefined : Number(text)
    },
  }
}
