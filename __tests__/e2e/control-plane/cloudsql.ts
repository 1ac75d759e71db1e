import { createServer, connect as dial } from 'node:net'
import { type JsonObject, valueAt } from '../../../src/core/json.ts'
import type { Emulator, RequestEntry } from '../../../src/emulator/index.ts'
import { listIn } from './looks.ts'
import { iamUsers, type Postgres } from './postgres.ts'

/** Lets a PostgreSQL play the emulated Cloud SQL instance: what the API was asked for is done to it. */
export interface CloudSql {
  /** Catches up with every write that the emulated API took. */
  catchUp(): Promise<void>
}

/**
 * Databases belong to `cloudsqlsuperuser`. Users get the roles that the API was asked for and no other; as Cloud SQL has
 * it, a built-in user for whom none was asked is made a member of `cloudsqlsuperuser`, and one of IAM is not. A change of
 * the tier restarts the server.
 */
export const createCloudSql = (google: Emulator, postgres: Postgres): CloudSql => {
  let seen = -1
  const setUp = postgres.admin(`create role ${superusers} createdb createrole; create role ${iamUsers}`)
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
    await postgres.admin(`create role ${named(name)} login${password} in role ${firstRoles(sent).join(', ')}`)
  if (verb === 'users.update') {
    if (password !== '') await postgres.admin(`alter role ${named(name)}${password}`)
    const asked = new URL(url, 'http://localhost').searchParams.getAll('databaseRoles')
    for (const role of asked) await postgres.admin(`grant ${named(role)} to ${named(name)}`)
  }
  if (verb === 'databases.insert') await postgres.admin(`create database ${named(name)} owner ${superusers}`)
  if (verb === 'instances.patch' && valueAt(sent, ['settings', 'tier']) !== undefined)
    await postgres.restart()
}

const superusers = 'cloudsqlsuperuser'

/** The roles that a user has from the start. */
const firstRoles = ({ type, databaseRoles }: JsonObject): readonly string[] => {
  const asked = Array.isArray(databaseRoles) ? databaseRoles.map(role => named(String(role))) : []
  if (String(type).startsWith('CLOUD_IAM_')) return [iamUsers, ...asked]
  return asked.length > 0 ? asked : [superusers]
}

/** Plays the Cloud SQL Auth Proxy of a pod: where it listens, and what it was told to reach. */
export interface Sidecar {
  readonly port: number
  /** `PROJECT:REGION:INSTANCE` of its arguments. */
  readonly instance: string
  close(): Promise<void>
}

/**
 * Forwards TCP as the sidecar of a Deployment would, without the TLS to Google; told `--auto-iam-authn`, to where users of
 * IAM need no password. The sidecar has the loopback interface of its pod to itself; here the port is any free one.
 */
export const startSidecar = async (deployment: JsonObject, postgres: Postgres): Promise<Sidecar> => {
  const pod = ['spec', 'template', 'spec']
  const containers = ['containers', 'initContainers'].flatMap(key => listIn(deployment, ...pod, key))
  const sidecar = containers.find(({ name }) => name === 'cloud-sql-proxy')
  const list = Array.isArray(sidecar?.args) ? sidecar.args.map(String) : []
  const instance = list.find(text => /^[^-].*:.*:/.test(text))
  if (instance === undefined) throw new Error(`no proxy with an instance in ${JSON.stringify(containers)}`)
  const server = createServer(client => {
    const upstream = list.includes('--auto-iam-authn')
      ? dial(postgres.socket)
      : dial(postgres.port, '127.0.0.1')
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
