import type { Dispatcher } from 'undici'
import type { Facts } from '../cache/facts.ts'
import { isObject, type Json } from '../core/json.ts'
import { connectAhead } from '../http/dispatcher.ts'
import { assertReadable } from './forbidden.ts'
import type { Capabilities, ClusterName, Endpoint, KubernetesReader, KubernetesReaders } from './port.ts'
import { createReading } from './reading.ts'
import { createTransport } from './transport.ts'

/** How clusters are found and who asks. */
export interface ReadersOptions {
  /** Where a cluster answers; undefined: there is no such cluster. @throws GcpError */
  readonly locate: (cluster: ClusterName) => Promise<Endpoint | undefined>
  /** An OAuth access token that is good now. */
  readonly token: () => Promise<string>
  /** Remembers from run to run where clusters answer and what they can do. */
  readonly facts?: Facts
  /** Waits that many milliseconds between attempts; for tests. */
  readonly pause?: (milliseconds: number) => Promise<void>
}

/** Readers for planning: one a cluster, each remembering what it read. */
export const createReaders = ({ locate, token, facts, pause }: ReadersOptions): KubernetesReaders => {
  const remember = memory()
  return {
    reader: cluster =>
      remember(clusterKey(cluster), async () => {
        const aheadTo = connectedAhead(facts?.recall(clusterKey(cluster)))
        const endpoint = await locate(cluster)
        const dispatcher = aheadTo?.(endpoint)
        if (endpoint === undefined) return undefined
        const reading = createReading(
          createTransport({ endpoint, token, dispatcher, ...(pause === undefined ? {} : { pause }) }),
        )
        const capabilities = async (): Promise<Capabilities> => {
          const found = await reading.capabilities()
          await facts?.keep(clusterKey(cluster), { ...found, endpoint: { ...endpoint } })
          return found
        }
        return guarded({ ...reading, capabilities })
      }),
    expected: async cluster => capabilitiesIn(facts?.recall(clusterKey(cluster))),
  }
}

/**
 * Connects to where a cluster answered the last time. Where it answers now is for Google to say: nothing is sent before,
 * and if it is somewhere else, the connection is closed.
 */
const connectedAhead = (fact: Json | undefined) => {
  const { url, authority } = isObject(fact) && isObject(fact.endpoint) ? fact.endpoint : {}
  if (typeof url !== 'string' || !url.startsWith('https:') || !URL.canParse(url)) return undefined
  const expected: Endpoint = typeof authority === 'string' ? { url, authority } : { url }
  const ahead = connectAhead(url, expected)
  return (found: Endpoint | undefined): Dispatcher | undefined => {
    if (found?.url === expected.url && found.authority === expected.authority) return ahead?.dispatcher
    ahead?.drop()
    return undefined
  }
}

const capabilitiesIn = (fact: Json | undefined): Capabilities | undefined => {
  const { kubeVersion, apiVersions } = isObject(fact) ? fact : {}
  if (!isWord(kubeVersion) || !Array.isArray(apiVersions) || !apiVersions.every(isWord)) return undefined
  return { kubeVersion, apiVersions }
}

/** True for what can be an argument of helm's. */
const isWord = (value: Json | undefined): value is string =>
  typeof value === 'string' && /^\w[\w./+-]*$/.test(value)

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
    capabilities: () => remember('capabilities', reading.capabilities),
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
