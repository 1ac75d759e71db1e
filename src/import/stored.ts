import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import { isObject, type JsonObject, valueAt } from '../core/json.ts'

/**
 * Gives the Secrets in which helm keeps the releases of a namespace. The one place where `import` reads Secrets: with
 * the credentials of the person in front of it. @throws KubernetesError
 */
export type ReadStored = (namespace: string) => Promise<readonly JsonObject[]>

/** What helm keeps of a release, as far as it is needed here. */
export interface Stored {
  readonly chart: { readonly name: string; readonly version: string }
  /** The values that somebody gave; they may hold secrets. */
  readonly values: JsonObject
  /** `deployed`, `failed`, … */
  readonly status: string
}

const storedSchema = z.object({
  info: z.object({ status: z.string() }),
  chart: z.object({ metadata: z.object({ name: z.string(), version: z.string() }) }),
  config: z.record(z.string(), z.unknown()).nullish(),
})

const most = 64 * 1024 * 1024

/**
 * The newest revision that was deployed (else the newest) among helm's Secrets of one namespace; undefined if there is
 * none that can be read. Storage format of Helm 3 and 4: base64 of gzip of JSON, base64 once more by Kubernetes.
 */
export const storedIn = (secrets: readonly JsonObject[], release: string): Stored | undefined => {
  const label = (secret: JsonObject, key: string) => valueAt(secret, ['metadata', 'labels', key])
  const own = secrets
    .filter(secret => label(secret, 'name') === release && label(secret, 'owner') === 'helm')
    .sort((a, b) => Number(label(b, 'version')) - Number(label(a, 'version')))
  const chosen = own.find(secret => label(secret, 'status') === 'deployed') ?? own[0]
  const data = valueAt(chosen, ['data', 'release'])
  return typeof data === 'string' ? decoded(data) : undefined
}

const decoded = (data: string): Stored | undefined => {
  try {
    const packed = Buffer.from(Buffer.from(data, 'base64').toString('latin1'), 'base64')
    const text = packed[0] === 0x1f ? gunzipSync(packed, { maxOutputLength: most }) : packed
    const { info, chart, config } = storedSchema.parse(JSON.parse(text.toString('utf8')))
    const values = (config ?? {}) as JsonObject
    return { status: info.status, chart: chart.metadata, values: isObject(values) ? values : {} }
  } catch {
    return undefined
  }
}
