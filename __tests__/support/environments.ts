import fc from 'fast-check'
import { stringify } from 'yaml'
import { flag, labels, mapOf, settings, some, zone } from './draw.ts'
import { databaseSettings } from './environment-database.ts'
import { compute } from './environment-machines.ts'

/** An environment file as data; `stringify` makes the text. */
export type Document = Readonly<Record<string, unknown>>

/** The text of an environment file. */
export const textOf = (document: Document): string => stringify(document)

const roles = [
  'roles/cloudsql.client',
  'roles/logging.logWriter',
  'roles/container.defaultNodeServiceAccount',
]

const serviceAccount = (id: string) =>
  settings(
    {
      id: fc.constant(id),
      displayName: fc.constantFrom('The server', 'Ünïcode ✓', '1.30'),
      description: fc.constantFrom('what it is for', 'yes'),
      disabled: flag,
      roles: some(roles),
      grants: fc.constantFrom([], [{ role: 'roles/iam.serviceAccountUser', member: 'applier' }]),
    },
    ['id'],
  )

const projectIam = fc.uniqueArray(
  settings(
    {
      role: fc.constantFrom('roles/cloudsql.viewer', 'roles/viewer'),
      member: fc.constantFrom('group:ml@acme.com', 'user:jo@acme.com', 'domain:acme.com'),
      condition: fc.constantFrom(
        { title: 'short', expression: 'request.time < timestamp("2030-01-01T00:00:00Z")' },
        { title: 'dev', expression: 'resource.name.startsWith("dev")', description: 'only dev' },
      ),
    },
    ['role', 'member'],
  ),
  { maxLength: 3, selector: grant => JSON.stringify(grant) },
)

const addresses = mapOf(
  ['web', 'grpc'],
  settings({ description: fc.constantFrom('the web', 'x: y'), labels }),
).map(all =>
  Object.fromEntries(
    Object.entries(all).map(([name, one]) => [
      name,
      { name: `lab-${name}`, tier: 'PREMIUM', ...(one as object) },
    ]),
  ),
)

const secrets = fc.record({ db: labels, own: fc.option(labels, { nil: undefined }) }).map(({ db, own }) => ({
  db: { name: 'lab-db', generate: { length: 32, alphabet: 'letters-digits' }, labels: db },
  ...(own === undefined
    ? {}
    : { login: { name: 'lab-login', generate: { user: 'jo', length: 24 }, labels: own } }),
}))

const section = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 5 })

/** Long-form environments with everything that Google's side has; names come from small sets, so that two overlap. */
export const environments: fc.Arbitrary<Document> = fc
  .record({
    serviceAccounts: section(
      fc.record({ server: serviceAccount('lab-server'), other: serviceAccount('lab-other') }),
    ),
    projectIam: section(projectIam),
    compute: section(compute),
    addresses: section(addresses),
    database: section(databaseSettings),
    secrets,
  })
  .map(({ compute: machines, ...rest }) =>
    defined({
      project: 'acme-ml',
      location: zone,
      services: ['compute', 'container', 'iam', 'cloudresourcemanager', 'secretmanager', 'sqladmin'],
      ...rest,
      ...machines,
    }),
  )

const defined = (document: Document): Document =>
  Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined))

/** A second environment that is like the first one but for some sections: what an edit of a file looks like. */
export const edits: fc.Arbitrary<readonly [Document, Document]> = fc
  .tuple(
    environments,
    environments,
    some(['serviceAccounts', 'projectIam', 'nodePools', 'cluster', 'addresses', 'database', 'secrets'], 1),
    fc.integer({ min: 0, max: 3 }),
  )
  .map(([from, other, chosen, gentle]) => {
    const to: Record<string, unknown> = { ...from }
    for (const key of chosen) {
      if (other[key] === undefined || from[key] === undefined) {
        if (gentle === 0 || other[key] !== undefined) to[key] = other[key]
      } else to[key] = gentle === 0 ? other[key] : blended(from[key], other[key], gentle)
    }
    return [from, defined(to)] as const
  })

/** Single settings of `to` over `from`: every `step`th key that both have, and keys that only one has. */
const blended = (from: unknown, to: unknown, step: number): unknown => {
  if (!isMap(from) || !isMap(to)) return to
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])]
  const kept = new Set([
    'name',
    'mode',
    'location',
    'version',
    'diskType',
    'spot',
    'accelerators',
    'maxPods',
    'id',
    'nodes',
    'autoscaling',
  ])
  return Object.fromEntries(
    keys.flatMap((key, index) => {
      const [before, after] = [from[key], to[key]]
      if (kept.has(key)) return before === undefined ? [] : [[key, before]]
      if (isMap(before) && isMap(after)) return [[key, blended(before, after, step)]]
      const value = index % (step + 1) === 0 ? after : before
      return value === undefined ? [] : [[key, value]]
    }),
  )
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
