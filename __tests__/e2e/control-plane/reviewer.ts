import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { JsonObject } from '../../../src/core/json.ts'

/** Answers the TokenReviews of an API server, as Google does for GKE's. */
export interface Reviewer {
  readonly url: string
  close(): Promise<void>
}

/** `emailOf`: whom a token stands for. What somebody may do is not for it to say. */
export const startReviewer = async (emailOf: (token: string) => string | undefined): Promise<Reviewer> => {
  const server = createServer((request, response) => {
    void text(request).then(body => {
      const review = JSON.parse(body) as { readonly spec?: { readonly token?: string } }
      const email = emailOf(review.spec?.token ?? '')
      const status: JsonObject =
        email === undefined
          ? { authenticated: false }
          : {
              authenticated: true,
              user: { username: email, groups: [] },
            }
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', status }))
    })
  })
  await new Promise<void>(done => void server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>(done => void server.close(() => done()))
    },
  }
}
