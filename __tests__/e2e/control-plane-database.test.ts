import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type CloudSql, createCloudSql, type Sidecar, startSidecar } from './control-plane/cloudsql.ts'
import { fieldAt, paths } from './control-plane/looks.ts'
import { findPostgres, type Postgres, startPostgres } from './control-plane/postgres.ts'
import { rotate } from './control-plane/secrets.ts'
import { longest, onControlPlane } from './control-plane/suite.ts'
import { shown } from './control-plane/world.ts'

const bin = findPostgres()

if (bin === undefined) {
  process.stderr.write(
    'SKIPPED: a real client and its database: no PostgreSQL in SLIPWAY_POSTGRES, on PATH or below /usr/lib/postgresql\n',
  )
  test.skip('a real client and its database', () => undefined)
} else {
  onControlPlane('a real client, by the connection string that Slipway writes', (world, canaries) => {
    const file = (tier: string): string =>
      [
        'name: staging',
        'app: skypilot',
        'project: acme-ml',
        'location: us-central1',
        'state: cloudsql',
        `database: {auth: password, tier: ${tier}}`,
        'releases:',
        `  skypilot: ${JSON.stringify({ repository: world().charts, version: '0.13.0' })}`,
        '',
      ].join('\n')
    const parts: { postgres?: Postgres; instance?: CloudSql; proxy?: Sidecar } = {}

    beforeAll(async () => {
      parts.postgres = await startPostgres(bin)
      parts.instance = createCloudSql(world().google, parts.postgres)
    }, longest)
    afterAll(async () => {
      await parts.proxy?.close()
      await parts.postgres?.close()
    })

    /** What the pod is given; nothing in it is changed but the port, which is the proxy's. */
    const written = async (): Promise<string> => {
      const path = '/api/v1/namespaces/skypilot/secrets/skypilot-db-connection-uri'
      const data = String(await fieldAt(world(), path, 'data', 'connection_string'))
      return Buffer.from(data, 'base64').toString()
    }
    const ask = async (uri: string, sql: string): Promise<string> => {
      const { postgres, instance, proxy } = parts
      if (postgres === undefined || proxy === undefined) throw new Error('the database does not run')
      await instance?.catchUp()
      expect(uri).toMatch(/@127\.0\.0\.1\/skypilot$/)
      return postgres.query(uri.replace('@127.0.0.1/', `@127.0.0.1:${proxy.port}/`), sql)
    }

    test(
      'it logs in and makes a table',
      async () => {
        await world().settle(file('db-custom-1-3840'))
        const live = await world().plane.admin.get(paths.deployment('skypilot', 'skypilot-api-server'))
        if (live === undefined || parts.postgres === undefined) throw new Error('nothing was made')
        parts.proxy = await startSidecar(live, parts.postgres)
        expect(parts.proxy.instance).toBe('acme-ml:us-central1:staging-skypilot')
        const uri = await written()
        canaries.add(new URL(uri).password)
        await ask(uri, "create table clusters (name text); insert into clusters values ('one')")
        expect(await ask(uri, 'select current_user, current_database()')).toBe('skypilot|skypilot')
      },
      longest,
    )

    test(
      'after a change of the tier it finds the table again',
      async () => {
        const began = await parts.postgres?.admin('select pg_postmaster_start_time()')
        const plan = await world().settle(file('db-custom-2-7680'))
        expect(shown(plan).join('\n')).toMatch(/tier: "db-custom-1-3840" → "db-custom-2-7680" restart/)
        expect(await ask(await written(), 'select name from clusters')).toBe('one')
        expect(await parts.postgres?.admin('select pg_postmaster_start_time()')).not.toBe(began)
      },
      longest,
    )

    test(
      'after a rotation the new password lets it in, and the old one does not',
      async () => {
        const before = await written()
        canaries.add(await rotate(world(), 'staging-skypilot-database', 'r0t4ted-d4t4b4se-c4n4ry'))
        await world().settle(file('db-custom-2-7680'))
        expect(await ask(await written(), 'select name from clusters')).toBe('one')
        await expect(ask(before, 'select 1')).rejects.toThrow(/password authentication failed/)
      },
      longest,
    )
  })
}
