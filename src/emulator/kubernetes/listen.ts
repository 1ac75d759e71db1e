import { createSecureServer } from 'node:http2'
import { createServer } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { Request, Response } from './exchange.ts'

/** A server that listens on a port of 127.0.0.1. */
export interface Listening {
  readonly port: number
  /** Ends every connection, too. */
  close(): Promise<void>
}

/** Starts a server on a port; 0 is any free one. */
export const listening = async (server: Server, port: number): Promise<Listening> => {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const started = Promise.withResolvers<void>()
  server.once('error', started.reject)
  server.listen(port, '127.0.0.1', started.resolve)
  await started.promise
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const ended = Promise.withResolvers<void>()
      server.close(() => ended.resolve())
      for (const socket of sockets) socket.destroy()
      await ended.promise
    },
  }
}

/** What answers a request. */
export type Answer = (request: Request, response: Response) => void

/** The server of an API: HTTP/2 and 1.1 as a real one, or 1.1 alone, where each request has a connection that can be cut. */
export const secureServer = (
  tls: { readonly cert: string; readonly key: string },
  protocols: 'both' | 'http1',
  answer: Answer,
): Server =>
  protocols === 'both' ? createSecureServer({ ...tls, allowHTTP1: true }, answer) : createServer(tls, answer)
