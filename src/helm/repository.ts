import { isObject, type JsonObject } from '../core/json.ts'
import { parseOne } from './documents.ts'
import type { Download } from './download.ts'
import { type ChartName, HelmError } from './port.ts'

/** Most bytes of a chart archive; Helm's own limit is on what it holds. */
export const largestArchive = 100 * 1024 * 1024
const largestIndex = 100 * 1024 * 1024

/** A downloaded archive and the sha256 that its source promises, if it does. */
export interface Fetched {
  readonly bytes: Buffer
  readonly promised?: string
}

/** Fetches an exact version from a repository with an index.yaml. @throws HelmError */
export const fromRepository = async (
  { repository, chart, version }: ChartName,
  download: Download,
): Promise<Fetched> => {
  const base = repository.endsWith('/') ? repository : `${repository}/`
  const index = await download(new URL('index.yaml', base).href, { bytes: largestIndex })
  if (index.status === 401 || index.status === 403)
    throw new HelmError(`${repository} lets nobody read its index.yaml (${index.status})`, {
      advice:
        'Charts are pulled without a login: take a repository that needs none, or copy the chart to one.',
    })
  if (index.status !== 200)
    throw new HelmError(`${repository} has no index.yaml (${index.status})`, {
      advice: 'Check the repository of the release: it is the address that `helm repo add` takes.',
    })
  const entries = entriesOf(index.bytes, repository, chart)
  const found = entries.find(entry => sameVersion(entry.version, version))
  if (found === undefined)
    throw new HelmError(`${repository} has no version ${version} of chart ${chart}`, {
      advice: nearest(entries),
    })
  const archive = await download(new URL(found.url, base).href, { bytes: largestArchive })
  if (archive.status !== 200)
    throw new HelmError(`GET ${archive.url} failed with ${archive.status}`, {
      advice: `The repository does not have what its index names. ${nearest(entries)}`,
    })
  return { bytes: archive.bytes, ...(found.digest === '' ? {} : { promised: found.digest }) }
}

interface Entry {
  readonly version: string
  readonly url: string
  readonly digest: string
}

const entriesOf = (bytes: Buffer, repository: string, chart: string): readonly Entry[] => {
  const charts = indexIn(bytes, repository).entries
  const versions = isObject(charts) && Object.hasOwn(charts, chart) ? charts[chart] : undefined
  if (!Array.isArray(versions)) {
    const names = isObject(charts) ? Object.keys(charts).slice(0, 10).join(', ') : 'none'
    throw new HelmError(`${repository} has no chart ${chart}`, { advice: `It has: ${names}.` })
  }
  return versions.filter(isObject).map(({ version, urls, digest }) => ({
    version: String(version),
    url: Array.isArray(urls) ? String(urls[0]) : '',
    digest: typeof digest === 'string' ? digest.replace(/^sha256:/, '') : '',
  }))
}

const indexIn = (bytes: Buffer, repository: string): JsonObject =>
  parseOne(bytes.toString('utf8'), `index.yaml of ${repository}`)

const sameVersion = (a: string, b: string): boolean => a.replace(/^v/, '') === b.replace(/^v/, '')

const nearest = (entries: readonly Entry[]): string =>
  `Versions there: ${entries
    .slice(0, 8)
    .map(({ version }) => version)
    .join(', ')}${entries.length > 8 ? ', …' : ''}.`
