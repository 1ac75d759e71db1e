import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'

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
  const tls = authority === undefined ? {} : { ca: authority }
  if (isLoopback(new URL(url).hostname)) return new Agent({ connect: tls, allowH2 })
  return new EnvHttpProxyAgent({ connect: tls, requestTls: tls, allowH2 })
}
