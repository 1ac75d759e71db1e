import type { IncomingMessage, ServerResponse } from 'node:http'
import { type PackedChart, serveCharts } from '../../../src/emulator/charts.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const service = 'loopback'

/**
 * Serves charts as a repository at `/`, and as an OCI registry: of the distribution specification 1.1 the pull half
 * (end-1 `/v2/`, end-2 GET and HEAD of a blob, end-3 of a manifest by tag and by digest, end-8a the list of tags) and
 * the token authentication that registries put before it (distribution.github.io/distribution/spec/auth/token): a
 * challenge names service and scope, `/token` wants both, and a token is good for its scope. No pushes, no deletions,
 * no referrers, no ranges.
 *
 * Below a first path segment the same charts are served in another way: `guarded` asks for an anonymous token, `closed`
 * gives none, `denied` gives one and then lets nobody in with it, `locked` asks for a password, `hollow` has lost its
 * archives, `altered` sends other bytes than it promises.
 */
export const serveRegistry = (charts: readonly PackedChart[]): Answer => {
  const plain = serveCharts(charts)
  const isArchive = ({ url = '' }: IncomingMessage): boolean => /\/blobs\/|\.tgz$/.test(url)
  const ways: Readonly<Record<string, (scope: string) => Answer>> = {
    guarded: scope => withToken(scope, plain),
    closed: scope => (_, response) => challenge(response, 'no-token', scope),
    denied: scope => withToken(scope, (_, response) => refuse(response, 403, 'DENIED')),
    locked: () => (_, response) => {
      response.setHeader('www-authenticate', 'Basic realm="charts"')
      refuse(response, 401, 'UNAUTHORIZED')
    },
    hollow: () => (request, response) =>
      isArchive(request) ? refuse(response, 404, 'BLOB_UNKNOWN') : plain(request, response),
    altered: () => (request, response) =>
      isArchive(request) ? void response.writeHead(200).end('other bytes') : plain(request, response),
  }
  return (request, response) => {
    const { pathname, searchParams } = addressOf(request)
    if (pathname === '/token') return giveToken(searchParams, response)
    if (pathname === '/no-token') return refuse(response, 401, 'UNAUTHORIZED')
    const [, version = '', way = '', rest = ''] = /^(\/v2)?\/([^/]+)(\/.*)$/.exec(pathname) ?? []
    const answer = ways[way]?.(scopeOf(pathname))
    if (answer === undefined) return plain(request, response)
    request.url = `${version}${rest}`
    answer(request, response)
  }
}

const addressOf = ({ url = '/', headers }: IncomingMessage): URL =>
  new URL(url, `http://${headers.host ?? 'localhost'}`)

/** What somebody has to be allowed who asks for a part of a repository. */
const scopeOf = (pathname: string): string =>
  `repository:${/^\/v2\/(.+)\/(manifests|blobs|tags)\//.exec(pathname)?.[1] ?? ''}:pull`

const withToken =
  (scope: string, answer: Answer): Answer =>
  (request, response) =>
    request.headers.authorization === `Bearer ${tokenFor(scope)}`
      ? answer(request, response)
      : challenge(response, 'token', scope)

const tokenFor = (scope: string): string => Buffer.from(`anonymous ${scope}`).toString('base64url')

const giveToken = (asked: URLSearchParams, response: ServerResponse): void => {
  const scope = asked.get('scope') ?? ''
  const isWhole = asked.get('service') === service && /^repository:[a-z0-9/._-]+:pull$/.test(scope)
  if (isWhole) json(response, 200, { token: tokenFor(scope), expires_in: 300 })
  else refuse(response, 400, 'UNSUPPORTED')
}

const refuse = (response: ServerResponse, status: number, code: string): void =>
  json(response, status, { errors: [{ code, message: code.toLowerCase() }] })

const json = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** `www-authenticate` as the token authentication of the distribution project has it. */
const challenge = (response: ServerResponse, realm: string, scope: string): void => {
  const where = `http://${response.req.headers.host ?? ''}/${realm}`
  response.setHeader('www-authenticate', `Bearer realm="${where}",service="${service}",scope="${scope}"`)
  refuse(response, 401, 'UNAUTHORIZED')
}
