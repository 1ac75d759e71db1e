import type { ApiName } from './apis.ts'
import type { Clock } from './clock.ts'
import type { Identities, Identity } from './identities.ts'
import type { Ids } from './ids.ts'
import type { JsonObject } from './json.ts'
import type { OperationFailure, Operations } from './operations.ts'
import type { Settings } from './settings.ts'
import type { Project, Store } from './store.ts'

/** What every handler works on. */
export interface World {
  readonly clock: Clock
  readonly ids: Ids
  readonly store: Store
  readonly operations: Operations
  readonly identities: Identities
  readonly settings: Settings
  /** Answers that did not fit Google's descriptions, mistakes of a handler, and requests that nothing here knows. */
  readonly violations: string[]
}

/** One authorised and validated request. */
export interface Call {
  readonly world: World
  readonly project: Project
  readonly identity: Identity
  /** Variables of the path template, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: JsonObject
  /** `http://127.0.0.1:PORT`, for links that a client sends back. */
  readonly origin: string
  /** Set when the operation that this call starts is to end in an error. */
  readonly failure: OperationFailure | undefined
}

/** Answers a call; throws an ApiError otherwise. */
export type Handler = (call: Call) => JsonObject | Promise<JsonObject>

/** Connects a method of an API's description with the code that answers it. */
export interface Route {
  readonly api: ApiName
  /** Which description has the method; the API's own when left out. */
  readonly description?: 'cloudresourcemanager-v3'
  /** The discovery id. */
  readonly method: string
  /** What the caller must hold on the project; undefined: to be known is enough. */
  readonly permission: string | undefined
  /** No token needed, and no project: only the token exchange. */
  readonly anonymous?: boolean
  readonly handle: Handler
}

/** The path variable of that name. Throws when the route has none: a mistake in the route table. */
export function param(call: Call, name: string): string {
  const value = call.params[name]
  if (value === undefined) throw new Error(`the route has no path variable ${name}`)
  return value
}
