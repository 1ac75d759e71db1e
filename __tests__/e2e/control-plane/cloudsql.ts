import { createServer, connect as dial } from 'node:net'
import { type JsonObject, valueAt } from '../../../src/core/json.ts'
import type { Emulator, RequestEntry } from '../../../src/emulator/index.ts'
import { listIn } from './looks.ts'
import type { Postgres } from './postgres.ts'

/** Lets a PostgreSQL play the emulated Cloud SQL instance: what the API was asked for is done to it. */
export interface CloudSql {
  /** Catches up with every write that the emulated API took. */
  catchUp(): Promise<void>
}

/**
 * Users get what Cloud SQL gives those that its API makes: membership of `cloudsqlsuperuser`, to whom databases belong.
 * A change of the tier restarts the server.
 */
export const createCloudSql = (google: Emulator, postgres: Postgres): CloudSql => {
  let seen = -1
  const setUp = postgres.admin('create role cloudsqlsuperuser createdb createrole')
  return {
    catchUp: async () => {
      await setUp
      for (const entry of google.requests.all) {
        if (entry.number <= seen || entry.status !== 200) continue
        seen = entry.number
        await repeat(postgres, entry)
      }
    },
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
const named = (text: string): string => `"${text.replaceAll('"', '""')}"`

const repeat = async (postgres: Postgres, { method = '', body, url }: RequestEntry): Promise<void> => {
  const sent = (body ?? {}) as JsonObject
  const verb = /^sql\.(.*)$/.exec(method)?.[1]
  const name = String(sent.name ?? new URL(url, 'http://localhost').searchParams.get('name') ?? '')
  const password = typeof sent.password === 'string' ? ` password ${quoted(sent.password)}` : ''
  if (verb === 'users.insert')
    await postgres.admin(`create role ${named(name)} login${password} in role cloudsqlsuperuser`)
  if (verb === 'users.update' && password !== '') await postgres.admin(`alter role ${named(name)}${password}`)
  if (verb === 'databases.insert')
    await postgres.admin(`create database ${named(name)} owner cloudsqlsuperuser`)
  if (verb === 'instances.patch' && valueAt(sent, ['settings', 'tier']) !== undefined)
    await postgres.restart()
}

/** Plays the Cloud SQL Auth Proxy of a pod: where it listens, and what it was told to reach. */
export interface Sidecar {
  readonly port: number
  /** `PROJECT:REGION:INSTANCE` of its arguments. */
  readonly instance: string
  close(): Promise<void>
}

/**
 * Forwards TCP as the sidecar of a Deployment would, without the TLS to Google. The sidecar has the loopback
 * interface of its pod to itself; here the port is any free one.
 */
export const startSidecar = async (deployment: JsonObject, postgres: Postgres): Promise<Sidecar> => {
  const pod = ['spec', 'template', 'spec']
  const containers = ['containers', 'initContainers'].flatMap(key => listIn(deployment, ...pod, key))
  const sidecar = containers.find(({ name }) => name === 'cloud-sql-proxy')
  const list = Array.isArray(sidecar?.args) ? sidecar.args.map(String) : []
  const instance = list.find(text => /^[^-].*:.*:/.test(text))
  if (instance === undefined) throw new Error(`no proxy with an instance in ${JSON.stringify(containers)}`)
  const server = createServer(client => {
    const upstream = dial(postgres.port, '127.0.0.1')
    client.pipe(upstream).pipe(client)
    for (const end of [client, upstream]) end.on('error', () => void [client.destroy(), upstream.destroy()])
  })
  await new Promise<void>(done => void server.listen(0, '127.0.0.1', done))
  return {
    port: (server.address() as { readonly port: number }).port,
    instance,
    close: () => new Promise(done => void server.close(() => done())),
  }
}
