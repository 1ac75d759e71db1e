import { randomUUID } from 'node:crypto'
import { accessSync, constants } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { platform, arch as processor } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { gte } from 'semver'
import { alone } from '../cache/alone.ts'
import { createFacts, type Facts } from '../cache/facts.ts'
import { cacheFolder } from '../cache/home.ts'
import { sha256 } from '../core/digest.ts'
import { fileIn } from './archive.ts'
import { archiveSums, helmVersion, oldestHelm } from './archives.ts'
import { createDownload, type Download } from './download.ts'
import { versionOf } from './known.ts'
import { HelmError } from './port.ts'
import { run } from './run.ts'

/** Where to look for helm. */
export interface FindOptions {
  /** The caller's environment: PATH, HOME, XDG_CACHE_HOME, proxies. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Told what takes long. Nothing is ever written to standard output: callers print JSON there. */
  readonly progress: (text: string) => void
  /** How the archive is fetched, if not from the internet. */
  readonly download?: Download
}

/**
 * Path of a helm that is new enough: on PATH, in the user's cache, from the official archive (sha256 pinned), or built
 * with Go. @throws HelmError if there is no way to have one.
 */
export const findHelm = async (options: FindOptions): Promise<string> => {
  const { environment } = options
  const cache = cacheFolder(environment)
  const facts = createFacts(join(cache, 'helm-versions.json'))
  const onPath = await onPathOf(environment.PATH ?? '', facts)
  if (onPath !== undefined) return onPath
  const built = join(cache, `helm-v${helmVersion}`, 'helm')
  if (await isNewEnough(built, facts)) return built
  const reasons: string[] = []
  for (const way of [fromArchive, fromGo]) {
    try {
      const found = await way(options, built)
      if (found !== undefined) return found
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error))
    }
  }
  throw new HelmError(`No helm ${oldestHelm} or newer: ${reasons.join('; ') || 'none on PATH'}.`, {
    advice: `Install Helm ${helmVersion} (https://helm.sh/docs/intro/install) and put it on PATH.`,
  })
}

type Way = (options: FindOptions, built: string) => Promise<string | undefined>

/** True for a file that this process may run. */
export const executable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const isNewEnough = async (path: string, facts: Facts): Promise<boolean> => {
  if (!executable(path)) return false
  const version = await versionOf(path, facts)
  return version !== undefined && gte(version, oldestHelm)
}

const onPathOf = async (folders: string, facts: Facts): Promise<string | undefined> => {
  for (const folder of folders.split(delimiter)) {
    const path = join(folder, 'helm')
    if (folder !== '' && (await isNewEnough(path, facts))) return path
  }
  return undefined
}

const goName = (name: string): string => ({ x64: 'amd64', win32: 'windows' })[name] ?? name

/** 20 MB today. */
const mostBytes = 100 * 1024 * 1024

const fromArchive: Way = async ({ progress, download = createDownload({ trusted: new Set() }) }, built) => {
  const system = `${goName(platform())}-${goName(processor())}`
  const sum = archiveSums[system]
  if (sum === undefined) throw new HelmError(`the official archives that are pinned have none for ${system}`)
  const url = `https://get.helm.sh/helm-v${helmVersion}-${system}.tar.gz`
  progress(`downloading helm ${helmVersion}`)
  const { status, bytes } = await download(url, { bytes: mostBytes })
  if (status !== 200) throw new HelmError(`GET ${url} answered ${status}`)
  if (sha256(bytes) !== sum)
    throw new HelmError(`${url} is not the archive that was published: its sha256 differs`)
  await mkdir(dirname(built), { recursive: true })
  const fresh = `${built}-${randomUUID()}`
  await writeFile(fresh, await fileIn(bytes, `${system}/helm`), { mode: 0o755 })
  await rename(fresh, built)
  return built
}

const fromGo: Way = async ({ environment, progress }, built) => {
  const go = (environment.PATH ?? '').split(delimiter).map(folder => join(folder, 'go'))
  const command = go.find(executable)
  if (command === undefined) throw new HelmError('and Go is not there to build it')
  const waiting = (owner: number) =>
    progress(`waiting for process ${owner}, which builds helm ${helmVersion}`)
  const work = async (): Promise<void> => {
    if (!executable(built)) await install(command, environment, progress, built)
  }
  await alone(`${dirname(built)}.lock`, work, waiting)
  return built
}

/** Go may write a program in pieces: it does so aside. */
const install = async (
  command: string,
  environment: FindOptions['environment'],
  progress: FindOptions['progress'],
  built: string,
): Promise<void> => {
  progress(`building helm ${helmVersion} with Go, about 2 minutes, once`)
  const module = `helm.sh/helm/v4/cmd/helm@v${helmVersion}`
  const version = `-X helm.sh/helm/v4/internal/version.version=v${helmVersion}`
  const aside = `${dirname(built)}-${randomUUID()}`
  try {
    const { code, stderr } = await run({
      command,
      arguments: ['install', '-trimpath', '-ldflags', `-s -w ${version}`, module],
      environment: { ...definedOf(environment), CGO_ENABLED: '0', GOBIN: aside },
      seconds: 900,
      onLine: progress,
    })
    if (code !== 0) throw new HelmError(`go install ${module} failed: ${stderr.trim().slice(-300)}`)
    await mkdir(dirname(built), { recursive: true })
    await rename(join(aside, 'helm'), built)
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}

const definedOf = (environment: FindOptions['environment']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
