import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from 'undici'
import { isLoopback } from '../http/dispatcher.ts'
import { HelmError } from './port.ts'
import { isPrivate, publicLookup } from './private.ts'

/** What may be fetched. */
export interface Limits {
  readonly bytes: number
  /** Media types, for registries. */
  readonly accept?: string
  readonly authorization?: string
}

/** A whole answer. */
export interface Downloaded {
  readonly status: number
  readonly bytes: Buffer
  /** `www-authenticate`, or ''. */
  readonly challenge: string
  /** Where it came from in the end. */
  readonly url: string
}

/** GETs a URL: https only, few redirects, bounded in size and time. Any status is an answer. @throws HelmError */
export type Download = (url: string, limits: Limits) => Promise<Downloaded>

/** What a download may do beyond https to the internet. */
export interface DownloadOptions {
  /** Plain http and addresses of this machine are fine: for tests and demos. */
  readonly loopback?: boolean
  /** Hosts that may be in a private network: those that the file names as repositories. */
  readonly trusted: ReadonlySet<string>
}

const redirects = 5
const patience = { headersTimeout: 30_000, bodyTimeout: 30_000 }
const longest = 120_000

/** Downloads for charts. */
export const createDownload = ({ loopback = false, trusted }: DownloadOptions): Download => {
  const proxied = ['HTTPS_PROXY', 'https_proxy'].some(name => process.env[name] !== undefined)
  const open: Dispatcher = proxied ? new EnvHttpProxyAgent() : new Agent()
  const guarded: Dispatcher = proxied ? open : new Agent({ connect: { lookup: publicLookup } })
  const here = new Agent()
  const dispatcherFor = (url: URL): Dispatcher => {
    const local = loopback && isLoopback(url.hostname)
    if (url.protocol !== 'https:' && !local)
      throw refused(url, 'only https is allowed', 'Name the repository by https:// or oci://.')
    if (local) return here
    if (trusted.has(url.host) && !isLinkLocal(url.hostname)) return open
    if (isPrivate(url.hostname) || isLoopback(url.hostname))
      throw refused(url, 'it is a private address', 'A repository may not send its readers there.')
    return guarded
  }
  return async (from, limits) => {
    const signal = AbortSignal.timeout(longest)
    let url = new URL(from)
    const origin = url.host
    for (let hop = 0; hop <= redirects; hop++) {
      const answer = await ask(
        url,
        dispatcherFor(url),
        url.host === origin ? limits : { bytes: limits.bytes },
        signal,
      )
      if (typeof answer !== 'string') return { ...answer, url: url.href }
      url = new URL(answer, url)
    }
    throw new HelmError(`GET ${from} was redirected more than ${redirects} times`)
  }
}

const isLinkLocal = (host: string): boolean => host.startsWith('169.254.') || host.startsWith('[fe80:')

const refused = (url: URL, why: string, advice: string): HelmError =>
  new HelmError(`GET ${url.origin}${url.pathname} was not sent: ${why}`, { advice })

const ask = async (
  url: URL,
  dispatcher: Dispatcher,
  { bytes, accept = '*/*', authorization }: Limits,
  signal: AbortSignal,
): Promise<string | Omit<Downloaded, 'url'>> => {
  const headers = {
    accept,
    'user-agent': 'slipway',
    ...(authorization === undefined ? {} : { authorization }),
  }
  try {
    const answer = await request(url, { headers, dispatcher, signal, ...patience })
    const { location, 'www-authenticate': challenge = '' } = answer.headers
    if (answer.statusCode >= 300 && answer.statusCode < 400 && typeof location === 'string') {
      await answer.body.dump()
      return location
    }
    return {
      status: answer.statusCode,
      bytes: await bounded(answer.body, bytes, url),
      challenge: String(challenge),
    }
  } catch (cause) {
    if (cause instanceof HelmError) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new HelmError(`GET ${url.origin}${url.pathname} got no answer: ${why}`, { cause })
  }
}

const bounded = async (body: AsyncIterable<Buffer>, most: number, url: URL): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > most) throw new HelmError(`GET ${url.origin}${url.pathname} gave more than ${most} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
