import { spawnSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

const versionOf = (path: string): readonly number[] | undefined => {
  const { stdout, status } = spawnSync(path, ['version', '--template', '{{.Version}}'], { encoding: 'utf8' })
  const found = status === 0 ? /v(\d+)\.(\d+)\./.exec(stdout) : null
  return found === null ? undefined : [Number(found[1]), Number(found[2])]
}

/** A helm of 4.1 or newer: the one that HELM names, else the first on PATH; nothing is fetched for these tests. */
const helm: string | undefined = [
  ...(process.env.HELM === undefined ? [] : [process.env.HELM]),
  ...(process.env.PATH ?? '').split(delimiter).map(folder => join(folder, 'helm')),
].find(path => {
  const [major = 0, minor = 0] = versionOf(path) ?? []
  return major > 4 || (major === 4 && minor >= 1)
})

/** Runs `run` with helm's path where there is one; says in one line that it does not where there is none. */
export const withHelm = <T>(
  what: string,
  run: (helm: string) => T,
  skip: (name: string) => void,
): T | undefined => {
  if (helm !== undefined) return run(helm)
  process.stdout.write(`SKIPPED ${what}: no helm 4.1 or newer on PATH or in HELM.\n`)
  skip(what)
  return undefined
}

/** PATH with this helm first. */
export const pathWith = (path: string): string => `${dirname(path)}${delimiter}${process.env.PATH ?? ''}`

/** Puts a `helm` into a folder that writes its arguments and its environment to `log`, then is the real one. */
export const loggingHelm = (real: string, folder: string, log: string): string => {
  const path = join(folder, 'helm')
  writeFileSync(path, `#!/bin/sh\n{ printf '%s\\n' "$@"; env; } >> '${log}'\nexec '${real}' "$@"\n`)
  chmodSync(path, 0o755)
  return path
}
