import fc from 'fast-check'
import { stringify } from 'yaml'
import { flag, labels, mapOf, settings, some, zone } from './draw.ts'
import { claimed } from './environment-claims.ts'
import { databaseSettings } from './environment-database.ts'
import { compute } from './environment-machines.ts'
import { withReleases } from './environment-releases.ts'

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

const allSecrets = fc.record({ db: labels, own: labels }).map(({ db, own }) => ({
  db: { name: 'lab-db', generate: { length: 32, alphabet: 'letters-digits' }, labels: db },
  login: { name: 'lab-login', generate: { user: 'jo', length: 24 }, labels: own },
}))

const secrets = fc.tuple(allSecrets, flag).map(([all, both]) => (both ? all : { db: all.db }))

const section = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 5 })

/** The sections of Google's side; each may be missing. Names come from small sets, so that two overlap. */
const googleSide = {
  serviceAccounts: section(
    fc.record({ server: serviceAccount('lab-server'), other: serviceAccount('lab-other') }),
  ),
  projectIam: section(projectIam),
  compute: section(compute),
  addresses: section(addresses),
  database: section(databaseSettings),
  secrets,
}

const long = ({ compute: machines, ...rest }: { readonly compute?: object | undefined }): Document =>
  defined({
    project: 'acme-ml',
    location: zone,
    services: ['compute', 'container', 'iam', 'cloudresourcemanager', 'secretmanager', 'sqladmin'],
    ...rest,
    ...machines,
  })

/** Long-form environments with everything that Google's side has. */
export const environments: fc.Arbitrary<Document> = fc.record(googleSide).map(long)

/** The same with a cluster, made here or somebody else's, and with namespaces, Secrets and releases in it. */
export const environmentsInCluster: fc.Arbitrary<Document> = fc
  .record({
    ...googleSide,
    compute: fc.oneof(
      { weight: 4, arbitrary: compute },
      { weight: 1, arbitrary: fc.constant({ cluster: { use: 'lab', location: zone } }) },
    ),
    secrets: allSecrets,
  })
  .map(long)
  .chain(withReleases)

/**
 * Environments of every kind, of which some are owned by somebody else (`use`). One in eight has namespaces and releases: such a
 * one needs a Kubernetes API and some runs of helm, and takes ten times as long as another, so together they take as long as
 * all the rest. With 200 seeds that makes two dozen of them.
 */
export const everyKind: fc.Arbitrary<Document> = fc
  .oneof({ weight: 7, arbitrary: environments }, { weight: 1, arbitrary: environmentsInCluster })
  .chain(claimed)

/** Without the sections that are missing. */
export const defined = (document: Document): Document =>
  Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined))
