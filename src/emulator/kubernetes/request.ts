import { parse } from 'yaml'
import type { Json } from '../../core/json.ts'
import type { Request } from './exchange.ts'
import { decodeProtobuf, protobufType } from './protobuf.ts'
import { badRequest, unsupportedMedia } from './status.ts'

/** A request for objects, taken apart. */
export interface Route {
  readonly groupVersion: string
  readonly plural: string
  /** '' when the path names none. */
  readonly namespace: string
  readonly name: string
  readonly subresource: string
  /** What follows the subresource, for `proxy`. */
  readonly rest: string
}

/** The parts of `/api/v1/…` and `/apis/G/V/…`, undefined for a path that names no resource. */
export const routeOf = (path: string): Route | undefined => {
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent)
  const head = parts[0] === 'api' ? 2 : 3
  if ((parts[0] !== 'api' && parts[0] !== 'apis') || parts.length <= head) return undefined
  const groupVersion = parts.slice(1, head).join('/')
  const rest = parts.slice(head)
  const scoped = rest[0] === 'namespaces' && rest.length > 2 && rest[2] !== 'status' && rest[2] !== 'finalize'
  const [plural = '', name = '', subresource = '', ...tail] = scoped ? rest.slice(2) : rest
  return {
    groupVersion,
    plural,
    namespace: scoped ? (rest[1] ?? '') : '',
    name,
    subresource,
    rest: tail.join('/'),
  }
}

const methodVerbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch' }

/** The verb of a request as authorisation and audit call it. */
export const verbOf = (method: string, route: Route, query: URLSearchParams): string => {
  if (method === 'DELETE') return route.name === '' ? 'deletecollection' : 'delete'
  if (method !== 'GET' && method !== 'HEAD') return methodVerbs[method] ?? method.toLowerCase()
  if (['true', '1'].includes(query.get('watch') ?? '')) return 'watch'
  return route.name === '' ? 'list' : 'get'
}

/** The body's bytes. */
export const bodyOf = async (request: Request): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

/** A body as JSON: JSON, YAML or (for a few kinds) protobuf; null for an empty one. Throws 400 and 415. */
export const decodeBody = (body: Buffer, contentType: string): Json => {
  if (body.length === 0) return null
  const type = contentType.split(';')[0]?.trim() ?? ''
  if (type === protobufType) return decodeProtobuf(body)
  if (type !== '' && !/json|yaml/.test(type)) throw unsupportedMedia(type)
  try {
    return type.includes('yaml') ? parse(body.toString()) : JSON.parse(body.toString())
  } catch (error) {
    throw badRequest(
      `the body of the request could not be read: ${error instanceof Error ? error.message : error}`,
    )
  }
}
