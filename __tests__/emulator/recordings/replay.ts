import type { Emulator } from '../../../src/emulator/index.ts'
import { isObject, type Json, type JsonObject, textAt } from '../../../src/emulator/json.ts'
import type { Match } from '../../../src/emulator/router.ts'
import type { Reply, Send } from '../gcp/support.ts'
import { type Difference, differences } from './compare.ts'
import type { Exchange } from './exchange.ts'
import { answerOf, plain, requestOf } from './normal.ts'
import { scoped } from './scope.ts'
import { standIn } from './stand-ins.ts'

/** What came of one exchange. */
export interface Judged {
  readonly exchange: Exchange
  readonly api: string
  /** Undefined: sent and compared. */
  readonly notEmulated?: string
  readonly differences: readonly Difference[]
}

/** Members of requests that hold what was read before; recordings have placeholders there. */
const versions = new Set(['etag', 'fingerprint', 'labelFingerprint', 'settingsVersion', 'resourceVersion'])

/** What stands in recordings for them; `read` stands in bodies that were made up for the flights. */
const placeholders = new Set(['abcdef0123A=', 'abcd1234', '123', 'read'])

const found = (value: Json | undefined, key: string): string | undefined => {
  if (Array.isArray(value)) return found(value[0], key)
  if (!isObject(value)) return undefined
  return (
    textAt(value, key) ??
    Object.values(value)
      .map(member => found(member, key))
      .find(text => text !== undefined)
  )
}

const withVersions = (value: Json, last: JsonObject): Json => {
  if (Array.isArray(value)) return value.map((item: Json) => withVersions(item, last))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member = null]) => [
      key,
      versions.has(key) && placeholders.has(String(member))
        ? (found(last, key) ?? String(member))
        : withVersions(member, last),
    ]),
  )
}

/** State of a replay: what was read last and which operation was started last, by API. */
interface Memory {
  readonly read: Map<string, JsonObject>
  readonly operation: Map<string, string>
}

const isOperation = (path: string): boolean => /\/operations\//.test(path)

const remember = (memory: Memory, api: string, exchange: Exchange, { body }: Reply): void => {
  const name = textAt(body, 'name')
  const kind = textAt(body, 'kind') ?? ''
  const operation =
    'operationType' in body || kind.endsWith('#operation') || name?.startsWith('operations/') === true
  const started = operation && exchange.method !== 'GET' && name !== undefined && !isOperation(exchange.path)
  if (started) memory.operation.set(api, name.replace(/^operations\//, ''))
  if (!operation) memory.read.set(api, body)
}

const nothing = (exchange: Exchange, why: string): Judged => ({
  exchange,
  api: exchange.host,
  notEmulated: why,
  differences: [],
})

/** What is sent: the path with the operation that is meant, without `alt`, which is of the recorded client's taste. */
const lineOf = ({ method, query }: Exchange, path: string, operation: string): string => {
  const parameters = query.split('&').filter(each => each !== '' && !/^(%24)?alt=/.test(each))
  const asked = parameters.length === 0 ? '' : `?${parameters.join('&')}`
  return `${method} ${path.replace('operationid', operation)}${asked}`
}

const bodyOf = ({ method, body = {} }: Exchange, match: Match, last: JsonObject): Json | undefined => {
  if (method === 'GET' || (method === 'DELETE' && Object.keys(body).length === 0)) return undefined
  return withVersions(requestOf(match, body), last)
}

/** The answer with operations named as the recordings name them. */
const renamed = (body: JsonObject, names: readonly (string | undefined)[]): JsonObject =>
  JSON.parse(
    names.reduce<string>(
      (text, name) => (name === undefined ? text : text.replaceAll(name, 'operationid')),
      JSON.stringify(body),
    ),
  ) as JsonObject

const status = ({ status: recorded }: Exchange, { status: ours, body }: Reply): Difference => ({
  path: '',
  kind: 'status',
  recorded: String(recorded),
  ours: `${ours} ${JSON.stringify(body).slice(0, 300)}`,
})

const replayed = async (send: Send, exchange: Exchange, memory: Memory): Promise<Judged> => {
  const scope = scoped(exchange)
  if (typeof scope === 'string') return nothing(exchange, scope)
  const { match, api, path } = scope
  const before = memory.operation.get(api)
  if (isOperation(exchange.path) && before === undefined)
    return nothing(exchange, 'the operation of a call that is not emulated')
  const body = bodyOf(exchange, match, memory.read.get(api) ?? {})
  const reply = await send(lineOf(exchange, path, before ?? ''), body)
  remember(memory, api, exchange, reply)
  if (reply.status !== exchange.status) return { exchange, api, differences: [status(exchange, reply)] }
  const ours = renamed(reply.body, [before, memory.operation.get(api)])
  const recorded = answerOf(match, exchange.status, exchange.answer)
  return { exchange, api, differences: differences(plain(recorded), plain(ours)) }
}

/** Milliseconds between two exchanges: recordings hold the last poll of an operation only. */
const pause = 3_600_000

/** Sends the exchanges of a recording to an emulator, one after another. */
export const replay = async (
  emulator: Emulator,
  send: Send,
  exchanges: readonly Exchange[],
): Promise<readonly Judged[]> => {
  const memory: Memory = { read: new Map(), operation: new Map() }
  const judged: Judged[] = []
  for (const exchange of exchanges) {
    emulator.clock.advance(pause)
    const one = await replayed(send, exchange, memory)
    if (one.notEmulated !== undefined && exchange.method !== 'GET') {
      memory.operation.delete(exchange.host === 'sqladmin' ? 'sql' : exchange.host)
      standIn(emulator, exchange)
    }
    judged.push(one)
  }
  return judged
}
