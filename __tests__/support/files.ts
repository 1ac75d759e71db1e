/** An environment with every kind that Google's side has, and nothing in the cluster. */
export const everyGoogleKind = `# every kind of Google's side
project: acme-ml
location: us-central1-a
services: [compute, container, iam, cloudresourcemanager, secretmanager, sqladmin]
serviceAccounts:
  nodes:
    id: lab-nodes
    roles: [roles/container.defaultNodeServiceAccount]
    grants: [{role: roles/iam.serviceAccountUser, member: applier}]
  server:
    id: lab-server
    displayName: The server
    roles: [roles/cloudsql.client]
    workloadIdentity: [lab/lab-api-sa]
projectIam:
  - {role: roles/cloudsql.viewer, member: "group:ml@acme.com"}
cluster: {name: lab, mode: standard, channel: REGULAR, version: "1.33", workloadIdentity: true, dnsEndpoint: true}
nodePools:
  main:
    machineType: e2-standard-8
    diskType: pd-balanced
    diskGb: 100
    nodes: 1
    serviceAccount: lab-nodes@acme-ml.iam.gserviceaccount.com
    workloadMetadata: GKE_METADATA
  gpu:
    machineType: g2-standard-8
    spot: true
    accelerators: {nvidia-l4: {count: 1, driver: LATEST}}
    autoscaling: {min: 0, max: 4}
    labels: {team: ml}
addresses:
  lab: {name: lab-server, tier: PREMIUM}
secrets:
  database: {name: lab-database, generate: {length: 32, alphabet: letters-digits}}
database:
  name: lab-main
  version: POSTGRES_16
  edition: ENTERPRISE
  tier: db-custom-2-7680
  availability: ZONAL
  diskType: PD_SSD
  diskGb: 10
  publicIp: true
  deletionProtection: true
  flags: {max_connections: "300"}
  backups: {enabled: true, startTime: "04:00", retained: 7, pointInTime: true, logDays: 7}
  databases: {skypilot: {}}
  users:
    skypilot:
      type: built-in
      password: {from: secret, secret: lab-database, version: {$ref: "secret/database#version"}}
`

/** A place of `everyGoogleKind` and what stands there after an edit. */
const edits: readonly (readonly [string, string])[] = [
  ['displayName: The server', 'displayName: The API server'],
  ['roles: [roles/cloudsql.client]', 'roles: [roles/cloudsql.client, roles/logging.logWriter]'],
  ['projectIam:\n', 'projectIam:\n  - {role: roles/viewer, member: "user:jo@acme.com"}\n'],
  ['dnsEndpoint: true}', 'dnsEndpoint: false, labels: {team: ml}, autoscalingProfile: OPTIMIZE_UTILIZATION}'],
  ['    nodes: 1\n', '    nodes: 2\n    cloudLabels: {team: ml}\n'],
  ['max: 4}', 'max: 6}'],
  [
    'labels: {team: ml}\naddresses',
    'labels: {team: research}\n  spare: {machineType: e2-standard-4, nodes: 1}\naddresses',
  ],
  ['tier: PREMIUM}', 'tier: PREMIUM, labels: {team: ml}}\n  second: {name: lab-second, tier: PREMIUM}'],
  ['alphabet: letters-digits}}', 'alphabet: letters-digits}, labels: {team: ml}}'],
  ['tier: db-custom-2-7680', 'tier: db-custom-4-15360\n  labels: {team: ml}'],
  ['diskGb: 10\n', 'diskGb: 20\n'],
  ['max_connections: "300"', 'max_connections: "400"'],
  ['retained: 7', 'retained: 14'],
  ['databases: {skypilot: {}}', 'databases: {skypilot: {}, extra: {}}'],
]

const edited = (file: string, changes: typeof edits): string =>
  changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`nothing to edit: ${from}`)
    return text.replace(from, to)
  }, file)

/** The same environment after an edit of nearly everything that can be changed where it stands. */
export const everyGoogleKindChanged = edited(everyGoogleKind, edits)

/** From the first words of a section to those of the one after it. */
const between = (file: string, from: string, to: string): string =>
  file.slice(file.indexOf(from), file.indexOf(to))

/** What goes out of `everyGoogleKindChanged`: one of each kind, but for the cluster and the instance that it lived on. */
const removals: typeof edits = [
  [between(everyGoogleKindChanged, '  server:\n', 'projectIam:'), ''],
  [between(everyGoogleKindChanged, 'projectIam:', 'cluster:'), ''],
  [between(everyGoogleKindChanged, '  gpu:\n', 'addresses:'), ''],
  ['\n  second: {name: lab-second, tier: PREMIUM}', ''],
  [between(everyGoogleKindChanged, '\nsecrets:', '\ndatabase:'), ''],
  [everyGoogleKindChanged.slice(everyGoogleKindChanged.indexOf('  databases:')), ''],
]

/** The same environment without what can be taken away while its cluster and its instance stay. */
export const everyGoogleKindRemoved = `${edited(everyGoogleKindChanged, removals)}delete: [sql-database/skypilot, sql-database/extra, sql-user/skypilot, secret/database]
`

/** The same environment, and nothing that would keep its data from being deleted. */
export const everyGoogleKindUnprotected = edited(everyGoogleKind, [
  ['deletionProtection: true', 'deletionProtection: false'],
])

/** Nothing is left of it. */
export const everyGoogleKindGone = `project: acme-ml
location: us-central1-a
delete: [sql-database/skypilot, sql-user/skypilot, sql-instance/lab, secret/database, cluster/lab]
`
