import type { JsonObject } from '../../core/json.ts'
import type { Response } from './exchange.ts'
import { namespaceOf } from './object.ts'
import { groupVersion, type Resource } from './resources.ts'
import { shown } from './respond.ts'
import type { Matches } from './selectors.ts'
import { KubernetesError } from './status.ts'
import { type Change, type Store, sameResource } from './store.ts'

/** What a watch wants to see. */
export interface Watch {
  readonly resource: Resource
  readonly namespace: string
  readonly matches: Matches
  readonly metadataOnly: boolean
  /** '' and '0' start with the present objects; anything else with the changes after that version. */
  readonly version: string
  /** sendInitialEvents: present objects first, then a bookmark that says so. */
  readonly initial: boolean
  readonly timeoutSeconds: number
}

const bookmark = (watch: Watch, version: number, initial: boolean): JsonObject => ({
  kind: watch.metadataOnly ? 'PartialObjectMetadata' : watch.resource.kind,
  apiVersion: watch.metadataOnly ? 'meta.k8s.io/v1' : groupVersion(watch.resource),
  metadata: {
    resourceVersion: String(version),
    ...(initial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
  },
})

/** An object that comes to match is added, one that no longer does is deleted, whatever really happened to it. */
const seen = (
  watch: Watch,
  change: Change,
): { readonly type: Change['type']; readonly object: JsonObject } | undefined => {
  if (!sameResource(change.resource, watch.resource)) return undefined
  if (watch.namespace !== '' && namespaceOf(change.object) !== watch.namespace) return undefined
  const is = change.type !== 'DELETED' && watch.matches(change.object)
  const was = change.previous !== undefined && watch.matches(change.previous)
  if (!is && !was) return undefined
  return {
    type: is ? (was ? 'MODIFIED' : 'ADDED') : 'DELETED',
    object: shown(change.object, watch.metadataOnly),
  }
}

/** Streams changes, one JSON document a line, until the client goes, the time is over or the response is ended. */
export const streamWatch = (store: Store, response: Response, watch: Watch): void => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders?.()
  const send = (type: string, object: JsonObject): void =>
    void response.write(`${JSON.stringify({ type, object })}\n`)
  const follow = (change: Change): void => {
    const event = seen(watch, change)
    if (event !== undefined) send(event.type, event.object)
  }
  try {
    if (watch.initial || watch.version === '' || watch.version === '0') {
      for (const object of store.list(watch.resource, watch.namespace).filter(watch.matches))
        send('ADDED', shown(object, watch.metadataOnly))
      if (watch.initial) send('BOOKMARK', bookmark(watch, store.version, true))
    } else for (const change of store.since(watch.resource, Number(watch.version))) follow(change)
  } catch (error) {
    if (!(error instanceof KubernetesError)) throw error
    send('ERROR', error.status)
    response.end()
    return
  }
  const unsubscribe = store.subscribe(follow)
  const timer = setTimeout(() => {
    send('BOOKMARK', bookmark(watch, store.version, false))
    response.end()
  }, watch.timeoutSeconds * 1000)
  timer.unref()
  response.on('close', () => {
    unsubscribe()
    clearTimeout(timer)
  })
}
