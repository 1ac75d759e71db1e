import type { Socket } from 'node:net'
import { Agent, buildConnector, type Dispatcher, EnvHttpProxyAgent } from 'undici'

/** True for this machine. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host)

/** How a server is connected to. */
export interface Connecting {
  /** PEM of the only authority that may vouch for it; undefined: the public ones. */
  readonly authority?: string | undefined
  /** False: never HTTP/2. */
  readonly allowH2?: boolean
}

/** Connections to a server: by the proxy that the environment names (`HTTPS_PROXY`, `NO_PROXY`), but straight on this machine. */
export const dispatcherFor = (url: string, { authority, allowH2 = true }: Connecting = {}): Dispatcher => {
  const tls = tlsOf(authority)
  if (isLoopback(new URL(url).hostname)) return new Agent({ connect: tls, allowH2 })
  return new EnvHttpProxyAgent({ connect: tls, requestTls: tls, allowH2 })
}

const tlsOf = (authority: string | undefined) => (authority === undefined ? {} : { ca: authority })

/** Connections to a server of which one is open already. */
export interface Ahead {
  readonly dispatcher: Dispatcher
  /** Closes that one, if nobody has taken it: it is not the server that was wanted. */
  drop(): void
}

/**
 * Opens a first connection at once, its TLS handshake done and nothing sent on it: to a server that will probably be asked.
 * It keeps no process alive. Undefined where a proxy may stand between.
 */
export const connectAhead = (
  url: string,
  { authority, allowH2 = true }: Connecting = {},
): Ahead | undefined => {
  const { hostname, host, protocol, port } = new URL(url)
  if (!isLoopback(hostname) && proxies.some(name => process.env[name])) return undefined
  const connect = buildConnector({ ...tlsOf(authority), allowH2 })
  const first = new Promise<Socket | undefined>(resolve => {
    connect({ hostname, host, protocol, port }, (_, socket) => {
      socket?.unref()
      resolve(socket ?? undefined)
    })
  })
  let isTaken = false
  const connectOnce: buildConnector.connector = (options, callback) => {
    if (isTaken) return connect(options, callback)
    isTaken = true
    void first.then(socket => {
      // That a server closed it meanwhile shows at the first request.
      if (socket === undefined || socket.destroyed) connect(options, callback)
      else callback(null, socket)
    })
  }
  return {
    dispatcher: new Agent({ connect: connectOnce, allowH2 }),
    drop: () => void first.then(socket => isTaken || socket?.destroy()),
  }
}

const proxies = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY']
