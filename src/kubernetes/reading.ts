import { isObject, type Json, type JsonObject, valueAt } from '../core/json.ts'
import { apiVersionsOf } from './discovery.ts'
import { KubernetesError, type KubernetesQuery, type KubernetesReader } from './port.ts'
import type { Transport } from './transport.ts'

const pageSize = '500'

/** Reads over a transport, without memory and without limits on what is read. */
export const createReading = (transport: Transport): KubernetesReader => {
  const read = async (path: string, query: KubernetesQuery, accept?: string): Promise<JsonObject> => {
    const text = await transport({
      method: 'GET',
      path,
      query,
      repeatable: true,
      ...(accept === undefined ? {} : { accept }),
    })
    return objectIn(path, text)
  }
  return {
    get: path => absentAs(undefined, () => read(path, {})),
    list: (path, query = {}) => listAll(page => read(path, { ...query, ...page })),
    capabilities: async () => {
      const [{ gitVersion }, apiVersions] = await Promise.all([
        read('/version', {}),
        apiVersionsOf((path, accept) => read(path, {}, accept)),
      ])
      return { kubeVersion: String(gitVersion), apiVersions }
    },
  }
}

/** What `ask` gives, or `otherwise` for a 404. */
export const absentAs = async <T, Otherwise>(
  otherwise: Otherwise,
  ask: () => Promise<T>,
): Promise<T | Otherwise> => {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof KubernetesError && error.status === 404) return otherwise
    throw error
  }
}

/** The JSON object that an API server answered. @throws KubernetesError if it is none. */
export const objectIn = (path: string, text: string): JsonObject => {
  try {
    const value = JSON.parse(text) as Json
    if (isObject(value)) return value
  } catch {
    // Falls through: what answered is no API server.
  }
  throw new KubernetesError(`${path} was not answered with a JSON object: ${text.slice(0, 100)}`, {
    status: 0,
    reason: 'NotJson',
    advice: 'Something other than a Kubernetes API server answers at that address, perhaps a proxy.',
  })
}

/** Follows `continue`; a list whose token expired (410) is begun once more. Items get their kind and apiVersion. */
const listAll = async (
  page: (query: KubernetesQuery) => Promise<JsonObject>,
): Promise<readonly JsonObject[]> => {
  try {
    return await pages(page)
  } catch (error) {
    if (error instanceof KubernetesError && error.status === 410) return pages(page)
    if (error instanceof KubernetesError && error.status === 404) return []
    throw error
  }
}

const pages = async (
  page: (query: KubernetesQuery) => Promise<JsonObject>,
): Promise<readonly JsonObject[]> => {
  const found: JsonObject[] = []
  let token = ''
  do {
    const answer = await page({ limit: pageSize, ...(token === '' ? {} : { continue: token }) })
    const items = answer.items
    const kind = String(answer.kind ?? '').replace(/List$/, '')
    const type = { apiVersion: answer.apiVersion ?? '', kind }
    found.push(...(Array.isArray(items) ? items : []).filter(isObject).map(item => ({ ...type, ...item })))
    const next = valueAt(answer, ['metadata', 'continue'])
    token = typeof next === 'string' ? next : ''
  } while (token !== '')
  return found
}
