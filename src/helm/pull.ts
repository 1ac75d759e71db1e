import { randomUUID } from 'node:crypto'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Shelf } from '../cache/shelf.ts'
import { sha256 } from '../core/digest.ts'
import { readChart } from './chart.ts'
import { createDownload } from './download.ts'
import { fromRegistry } from './oci.ts'
import { type Chart, type ChartName, HelmError, type HelmRenderer } from './port.ts'
import { type Fetched, fromRepository } from './repository.ts'

/** Where archives are kept for the run, and what may be fetched. */
export interface PullOptions {
  readonly folder: string
  /** Repositories on this machine, by plain http, are fine. */
  readonly loopback?: boolean
  /** Archives of earlier runs. */
  readonly shelf?: Shelf
}

/** Pulls charts once a run. */
export type Pulling = Pick<HelmRenderer, 'pull' | 'expected'>

/**
 * Pulls charts once a run. Helm 4 does not compare an archive with the digest that the index promises
 * (pkg/downloader/cache.go), so the download and the comparison are done here. @throws HelmError
 */
export const createPull = (options: PullOptions): Pulling => {
  const { shelf } = options
  const pulled = new Map<string, Promise<Chart>>()
  const chartOf = createReading(options.folder)
  return {
    pull: name => {
      const key = keyOf(name)
      const chart = pulled.get(key) ?? pull(name, options, chartOf)
      pulled.set(key, chart)
      chart.catch(() => pulled.delete(key))
      return chart.then(found => asPinned(name, found))
    },
    expected: async name => {
      const bytes = shelf?.recall(keyOf(name))
      return bytes === undefined ? undefined : chartOf(name.chart, bytes).catch(() => undefined)
    },
  }
}

const keyOf = ({ repository, chart, version }: ChartName): string =>
  JSON.stringify([repository, chart, version])

type ChartOf = (name: string, bytes: Buffer) => Promise<Chart>

/** Reads each archive once, and puts it where helm reads it. */
const createReading = (folder: string): ChartOf => {
  const known = new Map<string, Promise<Chart>>()
  const read = async (name: string, bytes: Buffer, sum: string): Promise<Chart> => {
    const facts = await readChart(bytes, name)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, `${facts.name}-${sum.slice(0, 16)}.tgz`)
    place(path, bytes)
    return { ...facts, path, sha256: sum }
  }
  return (name, bytes) => {
    const sum = sha256(bytes)
    const chart = known.get(sum) ?? read(name, bytes, sum)
    known.set(sum, chart)
    return chart
  }
}

const pull = async (
  name: ChartName,
  { loopback = false, shelf }: PullOptions,
  chartOf: ChartOf,
): Promise<Chart> => {
  const host = hostOf(name.repository)
  const download = createDownload({ loopback, trusted: new Set([host]) })
  const way = name.repository.startsWith('oci://') ? fromRegistry : fromRepository
  const { bytes, promised } = await withSecondTry(() => way(name, download))
  const sum = sha256(bytes)
  if (promised !== undefined && promised !== sum)
    throw new HelmError(
      `${name.repository}: the archive of ${name.chart} ${name.version} is not the one that the index names`,
      {
        advice: `The index says sha256 ${promised}, the archive has ${sum}. Do not use it before its authors explain.`,
      },
    )
  const chart = await chartOf(name.chart, bytes)
  if (chart.name !== name.chart || chart.version.replace(/^v/, '') !== name.version.replace(/^v/, ''))
    throw new HelmError(
      `${name.repository} gave ${chart.name} ${chart.version} for ${name.chart} ${name.version}`,
    )
  await shelf?.keep(keyOf(name), bytes)
  return chart
}

/**
 * All at once: the same archive may be pulled twice at a time, from two repositories, while helm reads it. And at once:
 * helm waits for it, and each turn of the event loop brings answers that take their time.
 */
const place = (path: string, bytes: Buffer): void => {
  const part = `${path}.${randomUUID()}`
  writeFileSync(part, bytes, { mode: 0o600 })
  renameSync(part, path)
}

const hostOf = (repository: string): string => {
  const url = repository.replace(/^oci:/, 'https:')
  if (URL.canParse(url)) return new URL(url).host
  throw new HelmError(`${repository} is no address of a chart repository`, {
    advice: 'Write https://host/path or oci://host/path.',
  })
}

/** A lost connection is tried once more; what was refused or answered is not. */
const withSecondTry = async (fetchIt: () => Promise<Fetched>): Promise<Fetched> => {
  try {
    return await fetchIt()
  } catch (error) {
    if (error instanceof HelmError && error.message.includes('got no answer')) return fetchIt()
    throw error
  }
}

const asPinned = (name: ChartName, chart: Chart): Chart => {
  if (name.sha256 === undefined || name.sha256 === chart.sha256) return chart
  throw new HelmError(`Chart ${name.chart} ${name.version} is not the archive that is pinned`, {
    advice: `Pinned is sha256 ${name.sha256}, ${name.repository} now gives ${chart.sha256}: it was published again. Look at what changed before you pin the new one.`,
  })
}
