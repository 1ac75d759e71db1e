import type { IncomingMessage, ServerResponse } from 'node:http'
import { type PackedChart, serveCharts } from '../../../src/emulator/charts.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const token = 'anonymous-pull'

/**
 * Serves charts as a repository at `/`, and as an OCI registry: of the distribution specification 1.1 the pull half
 * (end-1 `/v2/`, end-2 GET and HEAD of a blob, end-3 of a manifest by tag and by digest, end-8a the list of tags) and
 * the token authentication that registries put before it. No pushes, no deletions, no referrers, no ranges.
 *
 * Below a first path segment the same charts are served in another way: `guarded` asks for an anonymous token,
 * `closed` gives none, `altered` sends other bytes than it promises.
 */
export const serveRegistry = (charts: readonly PackedChart[]): Answer => {
  const plain = serveCharts(charts)
  const ways: Readonly<Record<string, Answer>> = {
    guarded: (request, response) =>
      request.headers.authorization === `Bearer ${token}`
        ? plain(request, response)
        : challenge(request, response, 'token'),
    closed: (request, response) => challenge(request, response, 'no-token'),
    altered: (request, response) =>
      /\/blobs\/|\.tgz$/.test(request.url ?? '')
        ? void response.writeHead(200).end('other bytes')
        : plain(request, response),
  }
  return (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/token') return json(response, 200, { token })
    if (pathname === '/no-token') return json(response, 401, error('UNAUTHORIZED'))
    const [, version = '', way = '', rest = ''] = /^(\/v2)?\/([^/]+)(\/.*)$/.exec(pathname) ?? []
    const answer = ways[way]
    if (answer === undefined) return plain(request, response)
    request.url = `${version}${rest}`
    answer(request, response)
  }
}

const error = (code: string): object => ({ errors: [{ code, message: code.toLowerCase() }] })

const json = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** `www-authenticate` as the token authentication of the distribution project has it. */
const challenge = (request: IncomingMessage, response: ServerResponse, realm: string): void => {
  const where = `http://${request.headers.host ?? ''}/${realm}`
  response.setHeader('www-authenticate', `Bearer realm="${where}",service="loopback",scope="charts:pull"`)
  json(response, 401, error('UNAUTHORIZED'))
}
