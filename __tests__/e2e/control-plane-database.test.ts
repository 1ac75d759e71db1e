import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type CloudSql, createCloudSql, type Sidecar, startSidecar } from './control-plane/cloudsql.ts'
import { fieldAt, paths } from './control-plane/looks.ts'
import { findPostgres, type Postgres, startPostgres } from './control-plane/postgres.ts'
import { rotate } from './control-plane/secrets.ts'
import { longest, onControlPlane } from './control-plane/suite.ts'
import { shown, type World } from './control-plane/world.ts'

const bin = findPostgres()

const file = (world: World, settings: string): string =>
  [
    'name: staging',
    'app: skypilot',
    'project: acme-ml',
    'location: us-central1',
    'state: cloudsql',
    `database: {${settings}}`,
    'releases:',
    `  skypilot: ${JSON.stringify({ repository: world.charts, version: '0.13.0' })}`,
    '',
  ].join('\n')

/** A client where the pod is, which has nothing but what Slipway wrote. */
const createClient = (postgresBin: string, world: () => World) => {
  const parts: { postgres?: Postgres; instance?: CloudSql; proxy?: Sidecar } = {}
  beforeAll(async () => {
    parts.postgres = await startPostgres(postgresBin)
    parts.instance = createCloudSql(world().google, parts.postgres)
  }, longest)
  afterAll(async () => {
    await parts.proxy?.close()
    await parts.postgres?.close()
  })
  const running = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('the database does not run')
    return part
  }
  return {
    /** What the pod is given; nothing in it is changed but the port, which is the proxy's. */
    written: async (): Promise<string> => {
      const path = '/api/v1/namespaces/skypilot/secrets/skypilot-db-connection-uri'
      const data = String(await fieldAt(world(), path, 'data', 'connection_string'))
      return Buffer.from(data, 'base64').toString()
    },
    /** Starts the proxy that the pod has beside it; gives the instance that it was told. */
    proxied: async (): Promise<string> => {
      const live = await world().plane.admin.get(paths.deployment('skypilot', 'skypilot-api-server'))
      parts.proxy = await startSidecar(live ?? {}, running(parts.postgres))
      return parts.proxy.instance
    },
    ask: async (uri: string, sql: string): Promise<string> => {
      await parts.instance?.catchUp()
      expect(uri).toMatch(/^postgresql:\/\/([^/]*@)?127\.0\.0\.1\/skypilot(\?|$)/)
      const there = uri.replace('127.0.0.1/', `127.0.0.1:${running(parts.proxy).port}/`)
      return running(parts.postgres).query(there, sql)
    },
    /** Past the proxy, from inside the network of the instance. */
    direct: (uri: string): Promise<string> => {
      const { port, query } = running(parts.postgres)
      return query(uri.replace('127.0.0.1/', `127.0.0.1:${port}/`), 'select 1')
    },
    began: () => running(parts.postgres).admin('select pg_postmaster_start_time()'),
  }
}

/** Tests of a client that logs in as `user` with what Slipway wrote; `auth` is what the file says of how. */
const clientTests = (
  client: ReturnType<typeof createClient>,
  world: () => World,
  { auth, user }: { readonly auth: string; readonly user: () => Promise<string> },
): void => {
  const textOf = (tier: string): string => file(world(), `${auth}tier: ${tier}`)
  test(
    'it logs in and makes a table',
    async () => {
      await world().settle(textOf('db-custom-1-3840'))
      expect(await client.proxied()).toBe('acme-ml:us-central1:staging-skypilot')
      const uri = await client.written()
      await client.ask(uri, "create table clusters (name text); insert into clusters values ('one')")
      const who = `select current_user, current_database(), pg_has_role('cloudsqlsuperuser', 'usage')`
      expect(await client.ask(uri, who)).toBe(`${await user()}|skypilot|t`)
    },
    longest,
  )
  test(
    'after a change of the tier it finds the table again',
    async () => {
      const began = await client.began()
      const plan = await world().settle(textOf('db-custom-2-7680'))
      expect(shown(plan).join('\n')).toMatch(/tier: "db-custom-1-3840" → "db-custom-2-7680" restart/)
      expect(await client.ask(await client.written(), 'select name from clusters')).toBe('one')
      expect(await client.began()).not.toBe(began)
    },
    longest,
  )
}

if (bin === undefined) {
  process.stderr.write(
    'SKIPPED: a real client and its database: no PostgreSQL in SLIPWAY_POSTGRES, on PATH or below /usr/lib/postgresql\n',
  )
  test.skip('a real client and its database', () => undefined)
} else {
  onControlPlane(
    'a real client, by the connection string that Slipway writes: a password',
    (world, canaries) => {
      const client = createClient(bin, world)
      clientTests(client, world, { auth: 'auth: password, ', user: async () => 'skypilot' })
      test(
        'after a rotation the new password lets it in, and the old one does not',
        async () => {
          const before = await client.written()
          canaries.add(new URL(before).password)
          canaries.add(await rotate(world(), 'staging-skypilot-database', 'r0t4ted-d4t4b4se-c4n4ry'))
          await world().settle(file(world(), 'auth: password, tier: db-custom-2-7680'))
          expect(await client.ask(await client.written(), 'select name from clusters')).toBe('one')
          await expect(client.ask(before, 'select 1')).rejects.toThrow(/password authentication failed/)
        },
        longest,
      )
    },
  )

  onControlPlane('a real client, by the connection string that Slipway writes: IAM, by default', world => {
    const client = createClient(bin, world)
    const server = paths.deployment('skypilot', 'skypilot-api-server')
    /** The service account as which the pod's proxy logs in, as PostgreSQL has its name. */
    const user = async (): Promise<string> => {
      const account = await fieldAt(world(), server, 'spec', 'template', 'spec', 'serviceAccountName')
      const path = `/api/v1/namespaces/skypilot/serviceaccounts/${String(account)}`
      const annotation = ['metadata', 'annotations', 'iam.gke.io/gcp-service-account']
      const email = String(await fieldAt(world(), path, ...annotation))
      expect(email).toMatch(/@acme-ml\.iam\.gserviceaccount\.com$/)
      return email.replace(/\.gserviceaccount\.com$/, '')
    }
    clientTests(client, world, { auth: '', user })
    test('the string holds no password, and lets nobody in who does not come by the proxy', async () => {
      const uri = new URL(await client.written())
      expect([uri.username, uri.password, uri.searchParams.get('user')]).toEqual(['', '', await user()])
      await expect(client.direct(uri.href)).rejects.toThrow(/no password supplied/)
    })
  })
}
