import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join, relative, sep } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { parse, stringify } from 'yaml'
import { isObject, type Json, type JsonObject } from '../core/json.ts'

/** One version of a chart, packed as helm packs it. */
export interface PackedChart {
  readonly name: string
  readonly version: string
  readonly archive: Buffer
  /** Of the archive, 64 hexadecimal digits. */
  readonly sha256: string
  /** Chart.yaml */
  readonly metadata: JsonObject
}

/** The versions that the chart folder is packed as; the first is the one in the folder. */
export const chartVersions = ['0.13.0', '0.12.2'] as const

const versioned = ['Chart.yaml', 'values.yaml']
const EPOCH = new Date(Date.UTC(2026, 0, 1))

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

/**
 * Gzip without compression: what a compressor makes differs between builds of zlib, stored blocks do not. The header's
 * byte for the operating system is set to "unknown" for the same reason.
 */
const stored = (bytes: Buffer): Buffer => {
  const archive = gzipSync(bytes, { level: 0 })
  archive[9] = 255
  return archive
}

const packVersion = async (
  files: ReadonlyMap<string, string>,
  from: string,
  version: string,
): Promise<PackedChart> => {
  const text = (path: string): string => {
    const content = files.get(path) ?? ''
    return versioned.includes(path) ? content.replaceAll(from, version) : content
  }
  const metadata: Json = parse(text('Chart.yaml'))
  if (!isObject(metadata) || typeof metadata.name !== 'string')
    throw new TypeError(
      'Chart.yaml names no chart: the folder given for the demonstration chart is not a chart',
    )
  const tar = pack()
  for (const path of files.keys())
    tar.entry({ name: `${metadata.name}/${path}`, mtime: EPOCH, mode: 0o644 }, text(path))
  tar.finalize()
  const archive = stored(await buffer(tar))
  return { name: metadata.name, version, archive, sha256: sha256(archive), metadata }
}

/**
 * Packs the chart in `folder` once for each of `chartVersions`, newest first. The bytes depend on nothing but the files.
 * Throws when the folder cannot be read or is not a chart.
 */
export const packCharts = async (folder: string): Promise<readonly PackedChart[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort()
  const files = new Map<string, string>()
  for (const path of paths) files.set(path, await readFile(join(folder, path), 'utf8'))
  return Promise.all(chartVersions.map(version => packVersion(files, chartVersions[0], version)))
}

const indexOf = (charts: readonly PackedChart[]): string => {
  const entries: Record<string, Json[]> = {}
  for (const chart of charts) {
    const entry = {
      ...chart.metadata,
      created: EPOCH.toISOString(),
      digest: chart.sha256,
      urls: [`${chart.name}-${chart.version}.tgz`],
    }
    entries[chart.name] = [...(entries[chart.name] ?? []), entry]
  }
  return stringify({ apiVersion: 'v1', entries, generated: EPOCH.toISOString() })
}

interface Content {
  readonly type: string
  readonly body: Buffer
}

const content = (type: string, body: Buffer | string): Content => ({ type, body: Buffer.from(body) })

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const CONFIG = 'application/vnd.cncf.helm.config.v1+json'
const LAYER = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip'

const descriptor = (mediaType: string, body: Buffer): JsonObject => ({
  mediaType,
  digest: `sha256:${sha256(body)}`,
  size: body.length,
})

/** What a registry holds of one chart: path below `/v2/REPOSITORY/` → content (OCI distribution 1.1, pull). */
const registryContents = (chart: PackedChart): readonly (readonly [string, Content])[] => {
  const config = Buffer.from(JSON.stringify(chart.metadata))
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: descriptor(CONFIG, config),
      layers: [descriptor(LAYER, chart.archive)],
      annotations: {
        'org.opencontainers.image.title': chart.name,
        'org.opencontainers.image.version': chart.version,
      },
    }),
  )
  return [
    [`manifests/${chart.version.replace('+', '_')}`, content(MANIFEST, manifest)],
    [`manifests/sha256:${sha256(manifest)}`, content(MANIFEST, manifest)],
    [`blobs/sha256:${sha256(config)}`, content('application/octet-stream', config)],
    [`blobs/sha256:${chart.sha256}`, content('application/octet-stream', chart.archive)],
  ]
}

const routes = (charts: readonly PackedChart[]): ReadonlyMap<string, Content> => {
  const found = new Map<string, Content>([
    ['/index.yaml', content('application/yaml', indexOf(charts))],
    ['/v2/', content('application/json', '{}')],
  ])
  for (const chart of charts) {
    const repository = `charts/${chart.name}`
    found.set(`/${chart.name}-${chart.version}.tgz`, content('application/gzip', chart.archive))
    for (const [path, held] of registryContents(chart)) found.set(`/v2/${repository}/${path}`, held)
    const tags = charts
      .filter(other => other.name === chart.name)
      .map(other => other.version.replace('+', '_'))
    found.set(
      `/v2/${repository}/tags/list`,
      content('application/json', JSON.stringify({ name: repository, tags })),
    )
  }
  return found
}

const refuse = (response: ServerResponse, code: number, error: string): void => {
  response.writeHead(code, { 'content-type': 'application/json' })
  response.end(
    JSON.stringify({ errors: [{ code: error, message: error.toLowerCase().replaceAll('_', ' ') }] }),
  )
}

/**
 * Serves charts, read-only: as an HTTP chart repository (`/index.yaml`, `/NAME-VERSION.tgz`) and as an OCI registry
 * (`oci://HOST:PORT/charts/NAME`). For an HTTP server of the caller's.
 */
export const serveCharts = (
  charts: readonly PackedChart[],
): ((request: IncomingMessage, response: ServerResponse) => void) => {
  const known = routes(charts)
  return (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const held = known.get(pathname === '/v2' ? '/v2/' : pathname)
    if (request.method !== 'GET' && request.method !== 'HEAD') refuse(response, 405, 'UNSUPPORTED')
    else if (held === undefined)
      refuse(response, 404, pathname.includes('/manifests/') ? 'MANIFEST_UNKNOWN' : 'NAME_UNKNOWN')
    else {
      response.writeHead(200, {
        'content-type': held.type,
        'content-length': held.body.length,
        'docker-content-digest': `sha256:${sha256(held.body)}`,
      })
      response.end(request.method === 'HEAD' ? undefined : held.body)
    }
  }
}
