import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { accessSync, chownSync, constants, readdirSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { freePorts, until } from './processes.ts'

/** The group of users that Cloud SQL knows by IAM. */
export const iamUsers = 'cloudsqliamserviceaccount'

/** A PostgreSQL server that takes passwords only, on a port of this machine. */
export interface Postgres {
  readonly port: number
  /**
   * Path of a socket at which members of `iamUsers` are believed who they say they are: whoever can reach it stands for
   * a proxy that has logged them in by IAM.
   */
  readonly socket: string
  /** Runs SQL as the superuser. @throws Error with what psql says. */
  admin(sql: string, database?: string): Promise<string>
  /** Runs SQL as whoever a connection string names, the way a client does. @throws Error with what psql says. */
  query(uri: string, sql: string): Promise<string>
  /** Ends all connections and starts it again, as a change of its machine does. */
  restart(): Promise<void>
  close(): Promise<void>
}

const programs = ['initdb', 'postgres', 'psql'] as const

/** Folder with PostgreSQL's programs: `SLIPWAY_POSTGRES`, PATH, or Debian's; undefined where there is none. */
export const findPostgres = (): string | undefined => {
  const debian = '/usr/lib/postgresql'
  const versions = foldersIn(debian).toSorted((a, b) => Number(b) - Number(a))
  const folders = [
    ...(process.env.SLIPWAY_POSTGRES === undefined ? [] : [process.env.SLIPWAY_POSTGRES]),
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map(version => join(debian, version, 'bin')),
  ]
  return folders.find(folder => programs.every(name => isProgram(join(folder, name))))
}

const foldersIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** PostgreSQL refuses to run as root: there it is nobody's. */
const somebody = userInfo().uid === 0 ? { uid: 65_534, gid: 65_534 } : {}

/** Who is let in how, the first line that fits. */
const entrances = [`local all +${iamUsers} trust`, 'host all all 127.0.0.1/32 scram-sha-256'] as const

/** Makes an empty server in a temporary folder and starts it. */
export const startPostgres = async (bin: string): Promise<Postgres> => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-postgres-'))
  const password = randomBytes(12).toString('hex')
  const run = promisify(execFile)
  const options = { cwd: folder, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' }, ...somebody }
  await writeFile(join(folder, 'password'), password)
  await chmod(folder, 0o700)
  for (const path of [folder, join(folder, 'password')])
    if (somebody.uid !== undefined) chownSync(path, somebody.uid, somebody.gid)
  const data = join(folder, 'data')
  const how = ['--username=postgres', `--pwfile=${join(folder, 'password')}`, '--auth=scram-sha-256']
  await run(join(bin, 'initdb'), ['--pgdata', data, ...how, '--no-sync'], options)
  await writeFile(join(data, 'pg_hba.conf'), `${entrances.join('\n')}\n`)
  const [port = 0] = await freePorts(1)
  const query = async (uri: string, sql: string): Promise<string> => {
    const list = [
      '--no-psqlrc',
      '--no-password',
      '--tuples-only',
      '--no-align',
      '--set=ON_ERROR_STOP=1',
      '--dbname',
      uri,
    ]
    return (await run(join(bin, 'psql'), [...list, '--command', sql], options)).stdout.trim()
  }
  const admin = (sql: string, database = 'postgres') =>
    query(`postgresql://postgres:${password}@127.0.0.1:${port}/${database}`, sql)
  const begin = async () => {
    const settings = [`--port=${port}`, '--listen_addresses=127.0.0.1', `--unix_socket_directories=${folder}`]
    const child = spawn(join(bin, 'postgres'), ['-D', data, ...settings, '--fsync=off'], {
      ...options,
      stdio: 'ignore',
    })
    await until('PostgreSQL', () => admin('select 1').catch(() => undefined))
    return child
  }
  let server = await begin()
  const end = async (): Promise<void> => {
    const gone = new Promise<void>(done => void server.once('close', () => done()))
    // A fast shutdown: connections are cut, nothing is lost.
    server.kill('SIGINT')
    await gone
  }
  return {
    port,
    socket: join(folder, `.s.PGSQL.${port}`),
    admin,
    query,
    restart: async () => {
      await end()
      server = await begin()
    },
    close: async () => {
      await end()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
