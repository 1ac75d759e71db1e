import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JsonObject } from '../../../src/core/json.ts'
import { findHelm } from '../../../src/helm/find.ts'
import type { World } from './world.ts'

const found = (): Promise<string> =>
  findHelm({ environment: process.env, progress: line => void process.stderr.write(`${line}\n`) })

/** What somebody does with helm alone; release and namespace have one name. */
export interface ByHand {
  readonly release: string
  /** `NAME-VERSION` */
  readonly chart: string
  readonly values: JsonObject
  /** Path of another helm than the one that Slipway would use. */
  readonly helm?: string
}

/** Where somebody works with helm. */
export type Hand = Pick<World, 'plane' | 'folder' | 'charts'>

/** Begins `helm upgrade --install --wait` as somebody at a terminal would. */
export const startByHand = async (
  { plane, folder, charts }: Hand,
  { release, chart, values, helm }: ByHand,
): Promise<ChildProcess> => {
  const home = await mkdtemp(join(folder, 'hand-'))
  await writeFile(join(home, 'values.json'), JSON.stringify(values))
  const list = ['upgrade', release, `${charts}/${chart}.tgz`, '--install', '--create-namespace', '--wait']
  const rest = ['--namespace', release, '--values', join(home, 'values.json'), '--timeout', '600s']
  return spawn(helm ?? (await found()), [...list, ...rest, '--kubeconfig', plane.kubeconfig], {
    env: { PATH: '/usr/bin:/bin', HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}

/** Installs a release with helm alone, as somebody did before there was Slipway. */
export const installByHand = async (world: Hand, what: ByHand): Promise<void> => {
  const child = await startByHand(world, what)
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const code = await new Promise(done => void child.once('close', done))
  if (code !== 0) throw new Error(`helm by hand ended with ${code}: ${said}`)
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
