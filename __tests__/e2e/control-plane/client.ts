import { Agent, type Dispatcher, fetch } from 'undici'
import type { JsonObject } from '../../../src/core/json.ts'

/** What the tests themselves do in a cluster, apart from the product: a token, JSON in and out. */
export interface Client {
  /** The answer's body; undefined for a 404. @throws Error for any other refusal. */
  get(path: string): Promise<JsonObject | undefined>
  items(path: string): Promise<readonly JsonObject[]>
  create(path: string, object: JsonObject): Promise<JsonObject>
  /** JSON merge patch. */
  merge(path: string, patch: JsonObject): Promise<JsonObject>
  remove(path: string): Promise<void>
  close(): Promise<void>
}

/** A client of the API server at `url`. */
export const createClient = (url: string, authority: string, token: string): Client => {
  const dispatcher: Dispatcher = new Agent({ connect: { ca: authority } })
  const send = async (
    method: string,
    path: string,
    body?: JsonObject,
    type = 'application/json',
  ): Promise<JsonObject | undefined> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      dispatcher,
      headers: { authorization: `Bearer ${token}`, 'content-type': type },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (answer.status === 404) return undefined
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 400)}`)
    return (text.startsWith('{') ? JSON.parse(text) : { text }) as JsonObject
  }
  const found = async (method: string, path: string, body: JsonObject, type?: string) => {
    const answer = await send(method, path, body, type)
    if (answer === undefined) throw new Error(`${method} ${path}: 404`)
    return answer
  }
  return {
    get: path => send('GET', path),
    items: async path => ((await send('GET', path))?.items ?? []) as readonly JsonObject[],
    create: (path, object) => found('POST', path, object),
    merge: (path, patch) => found('PATCH', path, patch, 'application/merge-patch+json'),
    remove: async path => void (await send('DELETE', path)),
    close: () => dispatcher.close(),
  }
}
