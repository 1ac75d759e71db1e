import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type JsonObject, valueAt } from '../../../src/core/json.ts'
import { allows } from '../../../src/emulator/kubernetes/htpasswd.ts'
import type { Client } from './client.ts'

/** Where `/at/ADDRESS/PATH` answers as the SkyPilot API server behind the load balancer with that address would. */
export interface Ways {
  /** For SLIPWAY_HEALTH_ENDPOINT_OVERRIDES. */
  readonly overrides: string
  close(): Promise<void>
}

/** Reads what it answers from the cluster: the Deployment, the Ingress and its login. `admin`: once there is a cluster. */
export const startWays = async (admin: () => Client): Promise<Ways> => {
  const server = createServer((request, response) => {
    answer(admin(), request, response).catch(error => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>(done => void server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    overrides: JSON.stringify({ '*': `http://127.0.0.1:${port}/at/{address}` }),
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>(done => void server.close(() => done()))
    },
  }
}

const text = (object: JsonObject | undefined, ...path: readonly string[]): string =>
  String(valueAt(object, path) ?? '')

const answer = async (admin: Client, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const [, address = ''] = /^\/at\/([^/]+)\/api\/health$/.exec(request.url ?? '') ?? []
  const balancers = await admin.items('/api/v1/services')
  const service = balancers.find(one => JSON.stringify(one.status ?? {}).includes(`"${address}"`))
  if (service === undefined) return void response.writeHead(502).end()
  const namespace = text(service, 'metadata', 'namespace')
  if (!(await mayPass(admin, namespace, request))) return void response.writeHead(401).end()
  const deployments = await admin.items(`/apis/apps/v1/namespaces/${namespace}/deployments`)
  const api = deployments.find(one => text(one, 'metadata', 'name').endsWith('-api-server'))
  if (api === undefined || text(api, 'status', 'availableReplicas') === '')
    return void response.writeHead(503).end()
  const image = JSON.stringify(valueAt(api, ['spec', 'template', 'spec', 'containers']))
  const version = /skypilot:([\w.-]+)"/.exec(image)?.[1] ?? ''
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ status: 'healthy', version, api_version: '55' }))
}

const mayPass = async (admin: Client, namespace: string, request: IncomingMessage): Promise<boolean> => {
  const [ingress] = await admin.items(`/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`)
  const name = text(ingress, 'metadata', 'annotations', 'nginx.ingress.kubernetes.io/auth-secret')
  if (name === '') return true
  const secret = await admin.get(`/api/v1/namespaces/${namespace}/secrets/${name}`)
  const htpasswd = Buffer.from(text(secret, 'data', 'auth'), 'base64').toString()
  const [, encoded = ''] = /^Basic (.+)$/i.exec(request.headers.authorization ?? '') ?? []
  const [user = '', ...rest] = Buffer.from(encoded, 'base64').toString().split(':')
  return allows(htpasswd, user, rest.join(':'))
}
