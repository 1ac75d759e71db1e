import type { Request, Response } from './exchange.ts'
import { sendTrouble } from './respond.ts'

/** What a request is about, before it has been answered. */
export interface Asked {
  readonly user: string
  readonly verb: string
  /** Plural, with a subresource after a slash. */
  readonly resource: string
  readonly namespace: string
  readonly name: string
  readonly dryRun: boolean
  /** What the client calls itself. */
  readonly agent: string
}

/** What befalls a request that is not looked at: `cut` ends its connection, a number is answered as an error with that code. */
export type Trouble = 'cut' | 429 | 500 | 503

/** Moments around a request, most of them around one that changes something, for instance to kill who sent it. */
export interface RequestHooks {
  /** Awaited before every request is looked at, reading ones too, and before the answer to each that changes something. */
  readonly hold?: () => Promise<unknown> | undefined
  readonly onRequest?: (asked: Asked) => Trouble | undefined
  /** The same for one that only reads, and is not a watch. */
  readonly onRead?: (asked: Asked) => Trouble | undefined
  /** The work is done, the answer is not sent. */
  readonly afterHandled?: (asked: Asked) => 'cut' | undefined
  /** The answer is sent. */
  readonly afterAnswered?: (asked: Asked) => void
}

/** A call that answers a request; it gives the name of what it made, or nothing. */
export interface Exchange {
  readonly asked: Asked
  readonly socket: Request['socket']
  readonly response: Response
  readonly call: () => Promise<string>
}

/** Makes a reading call, unless something befalls it. Undefined if it was cut before it was made. */
export const aroundRead = async (hooks: RequestHooks, exchange: Exchange): Promise<string | undefined> => {
  await hooks.hold?.()
  const trouble = exchange.asked.verb === 'watch' ? undefined : hooks.onRead?.(exchange.asked)
  return trouble === undefined ? exchange.call() : befall(trouble, exchange)
}

/** The same for a writing one; its answer is held back until all hooks have been asked. */
export const aroundWrite = async (hooks: RequestHooks, exchange: Exchange): Promise<string | undefined> => {
  const { asked, socket, response, call } = exchange
  const trouble = hooks.onRequest?.(asked)
  if (trouble !== undefined) return befall(trouble, exchange)
  await hooks.hold?.()
  const send = heldBack(response)
  try {
    const made = await call()
    if (hooks.afterHandled?.(asked) === 'cut') socket.destroy()
    await hooks.hold?.()
    return made
  } finally {
    send(() => hooks.afterAnswered?.(asked))
  }
}

const befall = (trouble: Trouble, { socket, response }: Exchange): string | undefined => {
  if (trouble !== 'cut') {
    sendTrouble(response, trouble)
    return ''
  }
  socket.destroy()
  return undefined
}

/**
 * Keeps an answer from being sent until what it gives is called, which calls `sent` afterwards. To cork the socket is not
 * enough: Node uncorks it when an answer ends (`OutgoingMessage.prototype.end`).
 */
const heldBack = (response: Response): ((sent: () => void) => void) => {
  const end = response.end.bind(response)
  let text: string | undefined
  response.end = (given?: string) => {
    text = given ?? ''
  }
  return sent => {
    response.end = end
    if (text === undefined) sent()
    else end(text, sent)
  }
}
