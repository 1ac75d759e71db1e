import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { isObject, type Json, type JsonObject } from '../../../src/core/json.ts'
import {
  type Authorize,
  admin,
  byGroup,
  type User,
  viewer,
} from '../../../src/emulator/kubernetes/authorize.ts'
import type { Behaviour } from '../../../src/emulator/kubernetes/behaviour.ts'
import { type Clock, immediateClock } from '../../../src/emulator/kubernetes/clock.ts'
import type { RequestHooks } from '../../../src/emulator/kubernetes/hooks.ts'
import { type KubernetesEmulator, startKubernetes } from '../../../src/emulator/kubernetes/server.ts'

const users: Readonly<Record<string, User>> = {
  writer: { user: 'applier@acme.iam.gserviceaccount.com', groups: ['admins'] },
  reader: { user: 'planner@acme.iam.gserviceaccount.com', groups: ['viewers'] },
}

/** The two identities of a pipeline: tokens `writer` and `reader`. */
export const rules: Authorize = byGroup({ admins: admin, viewers: viewer })

/** Starts a cluster; by default everything in it happens at once. */
export const start = (
  clock: Clock = immediateClock(),
  behaviour: Behaviour = {},
  hooks: RequestHooks = {},
): Promise<KubernetesEmulator> =>
  startKubernetes({ authenticate: token => users[token], authorize: rules, clock, behaviour, hooks })

/** A clock that stands still until it is told to go on. */
export const manualClock = (): Clock & { advance(milliseconds: number): void } => {
  let now = Date.UTC(2026, 5, 1)
  let waiting: { due: number; fn: () => void }[] = []
  return {
    now: () => now,
    schedule: (milliseconds, fn) => void waiting.push({ due: now + milliseconds, fn }),
    busy: () => waiting.length > 0,
    advance: milliseconds => {
      const end = now + milliseconds
      for (;;) {
        const [next] = waiting.filter(each => each.due <= end).sort((a, b) => a.due - b.due)
        if (next === undefined) break
        waiting = waiting.filter(each => each !== next)
        now = Math.max(now, next.due)
        next.fn()
      }
      now = end
    },
  }
}

export interface Answer {
  readonly code: number
  readonly text: string
  readonly body: JsonObject
}

export interface Ask {
  readonly token?: string
  readonly body?: Json
  readonly type?: string
  readonly accept?: string
}

/** One request over TLS, trusting nothing but the cluster's own authority. */
export const ask = async (
  cluster: KubernetesEmulator,
  method: string,
  path: string,
  given: Ask = {},
): Promise<Answer> => {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const body = given.body === undefined ? '' : JSON.stringify(given.body)
  const headers = {
    'content-length': Buffer.byteLength(body),
    authorization: `Bearer ${given.token ?? 'writer'}`,
    accept: given.accept ?? 'application/json',
    'content-type': given.type ?? 'application/json',
  }
  const sent = request(
    `${cluster.url}${path}`,
    { method, headers, ca: cluster.caCertificate, agent: false },
    response => {
      text(response).then(body => {
        const isJson = (response.headers['content-type'] ?? '').includes('json') && !path.includes('watch=')
        const parsed: Json = isJson ? JSON.parse(body) : {}
        resolve({ code: response.statusCode ?? 0, text: body, body: isObject(parsed) ? parsed : {} })
      }, reject)
    },
  )
  sent.on('error', reject)
  sent.end(body)
  return promise
}

/** Server-side apply. */
export const applyAs = (
  cluster: KubernetesEmulator,
  manager: string,
  path: string,
  body: Json,
  query = '',
): Promise<Answer> =>
  ask(cluster, 'PATCH', `${path}?fieldManager=${manager}${query}`, {
    body,
    type: 'application/apply-patch+yaml',
  })

/** Waits until `value` gives something. */
export const until = async <T>(value: () => T | undefined): Promise<T> => {
  for (;;) {
    const found = value()
    if (found !== undefined) return found
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}

/** A Deployment with one container, as a chart would render it. */
export const deployment = (name: string, image: string, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, labels: { app: name } },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'main', image, ports: [{ containerPort: 80 }], ...more }] },
    },
  },
})

export const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'
export const CONFIGMAPS = '/api/v1/namespaces/default/configmaps'
