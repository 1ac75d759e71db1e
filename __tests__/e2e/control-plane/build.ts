import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { accessSync, constants } from 'node:fs'
import { access, mkdir, rename, rm, symlink } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { alone } from '../../../src/cache/alone.ts'
import { cacheFolder } from '../../../src/cache/home.ts'
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

type Say = (line: string) => void

/** Where built programs are kept: a folder for each set of versions. */
const folders = () => {
  const below = cacheFolder(process.env)
  const { kubernetes, etcd, kwok, helm3: helm } = versions
  return {
    plane: join(below, `control-plane-v${kubernetes}-etcd${etcd}-kwok${kwok}`),
    helm3: join(below, `helm-v${helm}`),
  }
}

const isThere = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )

/** False where the programs are neither kept nor can be built: the tests skip, and say so. */
export const canHavePrograms = async (): Promise<boolean> => {
  const { plane, helm3: helm } = folders()
  return (
    goHere() !== undefined || ((await isThere(join(plane, 'kwok'))) && (await isThere(join(helm, 'helm'))))
  )
}

/** The programs, built the first time (about ten minutes on two cores). @throws Error if Go is missing or fails. */
export const programs = (say: Say): Promise<Programs> => kept(folders().plane, 'kwok', buildPlane, say)

/** Path of the real Helm 3, built the first time (about two minutes). @throws Error if Go is missing or fails. */
export const helm3 = async (say: Say): Promise<string> =>
  join(await kept(folders().helm3, 'helm', buildHelm3, say), 'helm')

type Build = (go: string, folder: string, say: Say) => Promise<void>

/**
 * A folder of which `last` is a program that is made last, so that all are there if that one is. Jest's workers are
 * processes: one builds, the others wait.
 */
const kept = async (folder: string, last: string, build: Build, say: Say): Promise<string> => {
  const done = (): Promise<boolean> => isThere(join(folder, last))
  const work = async (): Promise<void> => {
    if (!(await done())) await make(folder, done, build, say)
  }
  if (!(await done()))
    await alone(`${folder}.lock`, work, owner => say(`waiting for process ${owner}, which builds ${folder}`))
  return folder
}

const make = async (folder: string, done: () => Promise<boolean>, build: Build, say: Say): Promise<void> => {
  const go = goHere()
  if (go === undefined) throw new Error('Go is not on PATH: it builds the control plane of these tests')
  const making = `${folder}-${randomUUID()}`
  await mkdir(making, { recursive: true })
  try {
    await build(go, making, say)
    if (await done()) return
    // What a run that was killed left there is not whole.
    await rm(folder, { recursive: true, force: true })
    await rename(making, folder)
  } finally {
    await rm(making, { recursive: true, force: true })
  }
}

const flags = ['-trimpath', '-ldflags']

const buildPlane: Build = async (go, folder, say) => {
  const { kubernetes, etcd, kwok } = versions
  say(`building etcd ${etcd} and Kubernetes ${kubernetes} with Go, about 8 minutes, once`)
  const output = ['-o', join(folder, 'control-plane'), '.']
  await run(go, ['build', ...flags, kubernetesFlags(kubernetes), ...output], {}, say)
  for (const part of parts) await symlink('control-plane', join(folder, part))
  say(`building kwok ${kwok} with Go, about 2 minutes, once`)
  const stamp = `-s -w -X sigs.k8s.io/kwok/pkg/consts.Version=v${kwok}`
  const module = `sigs.k8s.io/kwok/cmd/kwok@v${kwok}`
  await run(go, ['install', ...flags, stamp, module], { GOBIN: folder }, say)
}

const buildHelm3: Build = async (go, folder, say) => {
  const { helm3: helm } = versions
  say(`building helm ${helm} with Go, about 2 minutes, once`)
  const stamp = `-s -w -X helm.sh/helm/v3/internal/version.version=v${helm}`
  const module = `helm.sh/helm/v3/cmd/helm@v${helm}`
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
  say: Say,
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
