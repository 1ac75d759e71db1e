import { assertReadable } from './forbidden.ts'
import type { ClusterName, Endpoint, KubernetesReader, KubernetesReaders } from './port.ts'
import { createReading } from './reading.ts'
import { createTransport } from './transport.ts'

/** How clusters are found and who asks. */
export interface ReadersOptions {
  /** Where a cluster answers; undefined: there is no such cluster. @throws GcpError */
  readonly locate: (cluster: ClusterName) => Promise<Endpoint | undefined>
  /** An OAuth access token that is good now. */
  readonly token: () => Promise<string>
  /** Waits that many milliseconds between attempts; for tests. */
  readonly pause?: (milliseconds: number) => Promise<void>
}

/** Readers for planning: one a cluster, each remembering what it read. */
export const createReaders = ({ locate, token, pause }: ReadersOptions): KubernetesReaders => {
  const remember = memory()
  return {
    reader: cluster =>
      remember(clusterKey(cluster), async () => {
        const endpoint = await locate(cluster)
        if (endpoint === undefined) return undefined
        return guarded(
          createReading(createTransport({ endpoint, token, ...(pause === undefined ? {} : { pause }) })),
        )
      }),
  }
}

/** One text for a cluster. */
export const clusterKey = ({ project, location, name }: ClusterName): string =>
  `${project}/${location}/${name}`

const guarded = (reading: KubernetesReader): KubernetesReader => {
  const remember = memory()
  return {
    get: async path => {
      assertReadable(path)
      return remember(`get ${path}`, () => reading.get(path))
    },
    list: async (path, query = {}) => {
      assertReadable(path, query)
      const parameters = new URLSearchParams(query)
      parameters.sort()
      return remember(`list ${path}?${parameters}`, () => reading.list(path, query))
    },
    version: () => remember('version', reading.version),
    apiVersions: () => remember('apiVersions', reading.apiVersions),
  }
}

/** Asks once for each key; what failed is asked again. */
const memory = (): (<T>(key: string, ask: () => Promise<T>) => Promise<T>) => {
  const known = new Map<string, Promise<unknown>>()
  return <T>(key: string, ask: () => Promise<T>) => {
    const found = known.get(key) ?? ask()
    known.set(key, found)
    found.catch(() => known.delete(key))
    return found as Promise<T>
  }
}
