import { accessSync, constants } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'

/** One entry of an archive that is no plain file. */
export interface Odd {
  readonly name: string
  readonly type?: 'symlink' | 'link'
  readonly linkname?: string
}

/** A gzipped tar of files by path, and of odd entries. */
export const archiveOf = async (
  files: Readonly<Record<string, string | Buffer>>,
  odd: readonly Odd[] = [],
) => {
  const packing = pack()
  for (const [name, content] of Object.entries(files)) packing.entry({ name }, content)
  for (const { name, type, linkname } of odd)
    packing.entry({
      name,
      ...(type === undefined ? {} : { type }),
      ...(linkname === undefined ? {} : { linkname }),
    })
  packing.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of packing) chunks.push(chunk as Buffer)
  return gzipSync(Buffer.concat(chunks))
}

/** What a loopback server answers, by path. */
export type Routes = Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>>

/** A loopback server; unknown paths are 404. `hits` are the paths that were asked for. */
export const serveRoutes = async (routes: (base: string) => Routes) => {
  const hits: string[] = []
  let known: Routes = {}
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    hits.push(path)
    const route = known[path]
    if (route === undefined) response.writeHead(404).end('not found')
    else route(request, response)
  })
  await new Promise<void>(done => void server.listen(0, '127.0.0.1', done))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  known = routes(base)
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise<void>(done => void server.close(() => done()))
  }
  return { base, hits, close }
}

/** A helm for tests: `HELM`, or the one on PATH; undefined (said loudly) if there is none. */
export const helmHere = (): string | undefined => {
  const folders = (process.env.PATH ?? '').split(delimiter).map(folder => join(folder, 'helm'))
  const found = [process.env.HELM ?? '', ...folders].find(path => {
    try {
      accessSync(path, constants.X_OK)
      return path !== ''
    } catch {
      return false
    }
  })
  // Jest keeps the console of a file whose tests are all skipped to itself.
  if (found === undefined)
    process.stderr.write('SKIPPED: no helm on PATH and no HELM: what needs it is not tested here\n')
  return found
}
