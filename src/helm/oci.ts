import { sha256 } from '../core/digest.ts'
import { isObject, type Json } from '../core/json.ts'
import { isLoopback } from '../http/dispatcher.ts'
import type { Download, Downloaded } from './download.ts'
import { type ChartName, HelmError } from './port.ts'
import { type Fetched, largestArchive } from './repository.ts'

const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const layerType = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip'
const largestManifest = 4 * 1024 * 1024

/**
 * Fetches a chart from an OCI registry: the manifest of its tag, then the layer by digest; an anonymous token where
 * the registry asks for one (distribution spec, "token authentication"). @throws HelmError
 */
export const fromRegistry = async (
  { repository, chart, version }: ChartName,
  download: Download,
): Promise<Fetched> => {
  const [host = '', ...path] = repository.replace(/^oci:\/\//, '').split('/')
  const scheme = isLoopback(host.replace(/:\d+$/, '')) ? 'http' : 'https'
  const base = `${scheme}://${host}/v2/${[...path, chart].filter(part => part !== '').join('/')}`
  const get = withToken(download)
  // A tag cannot hold `+`; Helm writes `_` for it.
  const tag = version.replaceAll('+', '_')
  const manifest = await get(`${base}/manifests/${tag}`, largestManifest, manifestType)
  if (manifest.status !== 200) throw unfound(`${repository}/${chart}:${tag}`, manifest)
  const digest = layerOf(manifest.bytes)
  if (digest === undefined) throw new HelmError(`${repository}/${chart}:${tag} holds no Helm chart`)
  const blob = await get(`${base}/blobs/sha256:${digest}`, largestArchive, '*/*')
  if (blob.status !== 200) throw unfound(`${repository}/${chart}@sha256:${digest}`, blob, digest)
  if (sha256(blob.bytes) !== digest)
    throw new HelmError(
      `${repository}/${chart}:${tag}: the registry sent other bytes than its manifest names`,
      { advice: 'Something between here and the registry changes them, or it is broken: do not use them.' },
    )
  return { bytes: blob.bytes, promised: digest }
}

/** `digest`: what the manifest, which is there, names. */
const unfound = (what: string, { status, bytes }: Downloaded, digest?: string): HelmError =>
  new HelmError(`oci pull of ${what} failed with ${status}: ${bytes.toString('utf8').slice(0, 200)}`, {
    advice:
      digest === undefined
        ? 'Check the repository, chart and version; charts are pulled without a login.'
        : 'The registry has lost what its manifest names, or withholds it: the chart has to be pushed again.',
  })

const layerOf = (bytes: Buffer): string | undefined => {
  const manifest = json(bytes)
  const layers = isObject(manifest) ? manifest.layers : undefined
  const layer = (Array.isArray(layers) ? layers : [])
    .filter(isObject)
    .find(one => one.mediaType === layerType)
  return /^sha256:([0-9a-f]{64})$/.exec(String(layer?.digest))?.[1]
}

const json = (bytes: Buffer): Json | undefined => {
  try {
    return JSON.parse(bytes.toString('utf8')) as Json
  } catch {
    return undefined
  }
}

const withToken = (download: Download) => {
  let authorization: string | undefined
  return async (url: string, bytes: number, accept: string): Promise<Downloaded> => {
    const ask = () =>
      download(url, { bytes, accept, ...(authorization === undefined ? {} : { authorization }) })
    const first = await ask()
    if (first.status !== 401 || authorization !== undefined) return first
    authorization = await anonymousToken(first.challenge, download)
    return authorization === undefined ? first : ask()
  }
}

const anonymousToken = async (challenge: string, download: Download): Promise<string | undefined> => {
  if (!/^bearer /i.test(challenge)) return undefined
  const parameters = new Map(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
  )
  const realm = parameters.get('realm')
  if (realm === undefined || !URL.canParse(realm)) return undefined
  const url = new URL(realm)
  for (const key of ['service', 'scope']) {
    const value = parameters.get(key)
    if (value !== undefined) url.searchParams.set(key, value)
  }
  const answer = json((await download(url.href, { bytes: largestManifest })).bytes)
  const token = isObject(answer) ? (answer.token ?? answer.access_token) : undefined
  return typeof token === 'string' ? `Bearer ${token}` : undefined
}
