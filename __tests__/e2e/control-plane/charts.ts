import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { parse } from 'yaml'
import { sha256 } from '../../../src/core/digest.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { type PackedChart, packCharts } from '../../../src/emulator/charts.ts'
import { archiveOf } from '../../helm/charts.ts'
import { serveRegistry } from './registry.ts'
import { type ChartFiles, sampleCharts } from './sample-charts.ts'

/** A chart repository on loopback, which is an OCI registry too. */
export interface Charts {
  readonly url: string
  /** Of the archives that are served, by `NAME-VERSION`. */
  readonly sums: Readonly<Record<string, string>>
  close(): Promise<void>
}

const ownChart = join(import.meta.dirname, '..', '..', '..', 'src', 'emulator', 'chart', 'skypilot')

/** Serves our own chart and the sample charts, or the published archives (`NAME-VERSION.tgz`) of a folder. */
export const startCharts = async (folder?: string): Promise<Charts> => {
  const charts = folder === undefined ? await ownCharts() : await archivesIn(folder)
  const server = createServer(serveRegistry(charts))
  await new Promise<void>(done => void server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sums: Object.fromEntries(charts.map(({ name, version, sha256: sum }) => [`${name}-${version}`, sum])),
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>(done => void server.close(() => done()))
    },
  }
}

const ownCharts = async (): Promise<readonly PackedChart[]> => [
  ...(await packCharts(ownChart)),
  ...(await Promise.all((await sampleCharts()).map(packed))),
]

const packed = async (files: ChartFiles): Promise<PackedChart> => {
  const metadata = parse(String(files['Chart.yaml'])) as JsonObject
  const [name, version] = [String(metadata.name), String(metadata.version)]
  const archive = await archiveOf(
    Object.fromEntries(Object.entries(files).map(([path, content]) => [`${name}/${path}`, content])),
  )
  return { name, version, archive, sha256: sha256(archive), metadata }
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
