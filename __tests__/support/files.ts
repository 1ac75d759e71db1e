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
