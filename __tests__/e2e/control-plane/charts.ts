import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { sha256 } from '../../../src/core/digest.ts'
import { type PackedChart, packCharts, serveCharts } from '../../../src/emulator/charts.ts'

/** A chart repository on loopback. */
export interface Charts {
  readonly url: string
  close(): Promise<void>
}

const ownChart = join(import.meta.dirname, '..', '..', '..', 'src', 'emulator', 'chart', 'skypilot')

/** Serves our own chart, or the published archives (`NAME-VERSION.tgz`) of a folder. */
export const startCharts = async (folder?: string): Promise<Charts> => {
  const answer = serveCharts(folder === undefined ? await packCharts(ownChart) : await archivesIn(folder))
  const server = createServer(answer)
  await new Promise<void>(done => void server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>(done => void server.close(() => done()))
    },
  }
}

const archivesIn = async (folder: string): Promise<readonly PackedChart[]> => {
  const names = (await readdir(folder)).filter(name => name.endsWith('.tgz'))
  return Promise.all(
    names.map(async file => {
      const [, name = '', version = ''] = /^(.+?)-(v?\d.*)\.tgz$/.exec(file) ?? []
      const archive = await readFile(join(folder, file))
      const metadata = { apiVersion: 'v2', name, version }
      return { name, version, archive, sha256: sha256(archive), metadata }
    }),
  )
}
