import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { accessSync, constants } from 'node:fs'
import { access, mkdir, rename, rm, symlink } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { versions } from './versions.ts'

/** Folder with the programs of the control plane, each under its own name. */
export type Programs = string

const parts = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const

const goHere = (): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map(folder => join(folder, 'go'))
    .find(path => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })

/** Where built programs are kept: one folder for each set of versions. */
const cacheFolder = (): string => {
  const home = process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? homedir(), '.cache')
  const { kubernetes, etcd, kwok } = versions
  return join(home, 'slipway', `control-plane-v${kubernetes}-etcd${etcd}-kwok${kwok}`)
}

const isThere = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )

/** False where the programs are neither kept nor can be built: the tests skip, and say so. */
export const canHavePrograms = async (): Promise<boolean> =>
  goHere() !== undefined || (await isThere(join(cacheFolder(), 'kwok')))

/** The programs, built the first time (about ten minutes on two cores). @throws Error if Go is missing or fails. */
export const programs = async (say: (line: string) => void): Promise<Programs> => {
  const folder = cacheFolder()
  if (await isThere(join(folder, 'kwok'))) return folder
  const go = goHere()
  if (go === undefined) throw new Error('Go is not on PATH: it builds the control plane of these tests')
  const making = `${folder}-${randomUUID()}`
  await mkdir(making, { recursive: true })
  try {
    await build(go, making, say)
    await rename(making, folder).catch(async error => {
      // Another run was faster.
      if (!(await isThere(join(folder, 'kwok')))) throw error
    })
  } finally {
    await rm(making, { recursive: true, force: true })
  }
  return folder
}

const build = async (go: string, folder: string, say: (line: string) => void): Promise<void> => {
  const { kubernetes, etcd, kwok } = versions
  say(`building etcd ${etcd} and Kubernetes ${kubernetes} with Go, about 8 minutes, once`)
  const flags = ['-trimpath', '-ldflags']
  await run(
    go,
    ['build', ...flags, kubernetesFlags(kubernetes), '-o', join(folder, 'control-plane'), '.'],
    {},
    say,
  )
  for (const part of parts) await symlink('control-plane', join(folder, part))
  say(`building kwok ${kwok} with Go, about 2 minutes, once`)
  const stamp = `-s -w -X sigs.k8s.io/kwok/pkg/consts.Version=v${kwok}`
  const module = `sigs.k8s.io/kwok/cmd/kwok@v${kwok}`
  await run(go, ['install', ...flags, stamp, module], { GOBIN: folder }, say)
}

/** Without these the server reports v0.0.0, and what charts ask of kubeVersion fails. */
const kubernetesFlags = (version: string): string => {
  const [major, minor] = version.split('.')
  const facts = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' }
  const stamps = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap(at =>
    Object.entries({ ...facts, buildDate: '2026-01-01T00:00:00Z' }).map(
      ([name, value]) => `-X ${at}.${name}=${value}`,
    ),
  )
  return ['-s', '-w', ...stamps].join(' ')
}

const run = (
  command: string,
  list: readonly string[],
  environment: Readonly<Record<string, string>>,
  say: (line: string) => void,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, list, {
      cwd: join(import.meta.dirname, 'go'),
      env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let last = ''
    child.stderr.on('data', (chunk: Buffer) => {
      last = `${last}${chunk.toString()}`.slice(-2000)
    })
    const started = Date.now()
    const tick = setInterval(
      () => say(`  still building, ${Math.round((Date.now() - started) / 60_000)} minutes`),
      60_000,
    )
    child.on('error', reject)
    child.on('close', code => {
      clearInterval(tick)
      if (code === 0) resolve()
      else reject(new Error(`${command} ${list[0]} failed: ${last}`))
    })
  })
