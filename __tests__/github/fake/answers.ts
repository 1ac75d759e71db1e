import type { Operation } from './descriptions.ts'
import type { Json, JsonObject } from './json.ts'
import type { State } from './state.ts'

/** What the fake sends back. */
export interface Answer {
  readonly status: number
  readonly body?: Json
  /** Sent instead of `body`, as it is. */
  readonly raw?: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

/** A request that passed authentication, permissions and GitHub's schema. */
export interface ApiRequest {
  readonly operation: Operation
  readonly url: URL
  readonly path: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: Json | undefined
  readonly accept: string
  readonly login: string
  /** The caller may change the repository's settings, and so see all of them. */
  readonly isAdmin: boolean
}

/** Answers one operation. */
export type Handler = (request: ApiRequest, state: State) => Answer

/** Ends a handler with an error answer. */
export class ApiError extends Error {
  readonly answer: Answer
  constructor(answer: Answer) {
    super(`answer ${answer.status}`)
    this.answer = answer
  }
}

const DOCS = 'https://docs.github.com/rest'

/** GitHub's error body. */
export const failure = (status: number, message: string, errors?: readonly JsonObject[]): Answer => ({
  status,
  body: { message, ...(errors && { errors }), documentation_url: DOCS, status: String(status) },
})

/** 404, which GitHub also gives for what the caller may not see. */
export const notFound = (): ApiError => new ApiError(failure(404, 'Not Found'))

/** 422 for one field. */
export const invalid = (resource: string, field: string, message: string, code = 'custom'): ApiError =>
  new ApiError(failure(422, 'Validation Failed', [{ resource, code, field, message }]))

/** The record, or a 404. */
export const found = <T>(value: T | undefined): T => {
  if (value === undefined) throw notFound()
  return value
}

/** 200 with a body. */
export const ok = (body: Json): Answer => ({ status: 200, body })

interface Page<T> {
  readonly items: readonly T[]
  readonly headers: Readonly<Record<string, string>>
}

const positive = (value: string | undefined, otherwise: number): number => {
  const n = Number(value ?? otherwise)
  return Number.isInteger(n) && n > 0 ? n : otherwise
}

/** The asked page of a list, with GitHub's Link header (per_page is 30 unless told, at most 100). */
export const paginate = <T>(all: readonly T[], request: ApiRequest): Page<T> => {
  const size = Math.min(positive(request.query.per_page, 30), 100)
  const page = positive(request.query.page, 1)
  const last = Math.max(1, Math.ceil(all.length / size))
  const link = (to: number, rel: string): string => {
    const url = new URL(request.url)
    url.searchParams.set('page', String(to))
    return `<${url.href}>; rel="${rel}"`
  }
  const links = [
    ...(page > 1 ? [link(page - 1, 'prev')] : []),
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
    ...(page > 1 ? [link(1, 'first')] : []),
  ]
  return {
    items: all.slice((page - 1) * size, page * size),
    headers: links.length > 0 ? { link: links.join(', ') } : {},
  }
}

/** A page as a bare list. */
export const listed = <T>(all: readonly T[], request: ApiRequest, shape: (item: T) => Json): Answer => {
  const page = paginate(all, request)
  return { status: 200, body: page.items.map(shape), headers: page.headers }
}

/** A page inside `{ total_count, [key]: [...] }`. */
export const counted = <T>(
  key: string,
  all: readonly T[],
  request: ApiRequest,
  shape: (item: T) => Json,
): Answer => {
  const page = paginate(all, request)
  return {
    status: 200,
    body: { total_count: all.length, [key]: page.items.map(shape) },
    headers: page.headers,
  }
}
