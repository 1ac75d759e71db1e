import type { JsonObject } from '../../src/core/json.ts'
import type { Plan, Step } from '../../src/core/plan.ts'
import { reference } from '../../src/core/reference.ts'
import { line, plan, step } from './fixtures.ts'

const project = 'acme-ml'
const email = (id: string) => `${id}@acme-ml.iam.gserviceaccount.com`
const onProject: JsonObject = { project }
const skypilot: JsonObject = { project, serviceAccount: email('staging-skypilot') }

const grant = (role: string, member: string, target: JsonObject, after: readonly string[]): Step =>
  step(`grant/${role}:${member}@${project}`, 'create', { role, member, target }, { after })

const service = (name: string): Step =>
  step(`service/${name}`, 'create', { project, service: `${name}.googleapis.com` }, { takes: [5, 30] })

const objects = Object.fromEntries(
  Array.from({ length: 35 }, (_, index) => [`ConfigMap/skypilot/part-${index}`, { data: {} }] as const),
)

const sqlInstance = step(
  'sql-instance/staging',
  'create',
  {
    project,
    name: 'staging-skypilot',
    region: 'us-central1',
    version: 'POSTGRES_16',
    edition: 'ENTERPRISE',
    tier: 'db-custom-2-7680',
    availability: 'ZONAL',
    diskType: 'PD_SSD',
    diskGb: 10,
    diskAutoGrow: true,
    publicIp: true,
    deletionProtection: true,
    flags: { 'cloudsql.iam_authentication': 'on' },
    backups: { enabled: true, startTime: '03:00', retained: 7, pointInTime: true, logDays: 7 },
    mark: 'staging',
  },
  { takes: [300, 600], after: ['service/sqladmin'], about: 'sqladmin.googleapis.com is off' },
)

const cluster = step(
  'cluster/staging',
  'create',
  {
    project,
    name: 'staging',
    location: 'us-central1',
    mode: 'standard',
    channel: 'REGULAR',
    workloadIdentity: true,
    dnsEndpoint: true,
    mark: 'staging',
  },
  { takes: [300, 480], after: ['service/container'], about: 'container.googleapis.com is off' },
)

const google: readonly Step[] = [
  service('container'),
  service('secretmanager'),
  service('sqladmin'),
  step('service-account/nodes', 'create', { project, id: 'staging-nodes', mark: 'staging' }),
  step('service-account/skypilot', 'create', { project, id: 'staging-skypilot', mark: 'staging' }),
  cluster,
  step(
    'node-pool/default',
    'create',
    {
      machineType: 'e2-standard-8',
      diskType: 'pd-balanced',
      diskGb: 100,
      autoscaling: { min: 1, max: 3, scope: 'total' },
    },
    { takes: [60, 180], after: ['cluster/staging'] },
  ),
  step('address/staging', 'create', {
    project,
    region: 'us-central1',
    name: 'staging-skypilot',
    tier: 'PREMIUM',
  }),
  sqlInstance,
  step('sql-database/skypilot', 'create', { project, name: 'skypilot' }, { after: ['sql-instance/staging'] }),
  step(
    'sql-user/skypilot',
    'create',
    {
      project,
      name: 'staging-skypilot@acme-ml.iam',
      type: 'iam-service-account',
      roles: ['cloudsqlsuperuser'],
    },
    { after: ['sql-instance/staging'] },
  ),
  step('secret/login', 'create', {
    project,
    name: 'staging-skypilot-login',
    generate: { user: 'skypilot', length: 32 },
  }),
  grant('roles/cloudsql.client', `serviceAccount:${email('staging-skypilot')}`, onProject, [
    'service-account/skypilot',
  ]),
  grant(
    'roles/iam.workloadIdentityUser',
    'serviceAccount:acme-ml.svc.id.goog[skypilot/staging-api-sa]',
    skypilot,
    ['service-account/skypilot', 'cluster/staging'],
  ),
]

const inCluster: readonly Step[] = [
  step('namespace/skypilot', 'create', { name: 'skypilot' }, { after: ['cluster/staging'] }),
  step(
    'kubernetes-secret/skypilot-db-connection-uri',
    'create',
    {
      namespace: 'skypilot',
      data: {
        connection_string: {
          from: 'literal',
          value: 'postgresql://127.0.0.1/skypilot?user=staging-skypilot%40acme-ml.iam',
        },
      },
    },
    { after: ['namespace/skypilot', 'sql-instance/staging'] },
  ),
  step(
    'kubernetes-secret/skypilot-login',
    'create',
    {
      namespace: 'skypilot',
      data: {
        auth: {
          from: 'htpasswd',
          secret: 'staging-skypilot-login',
          version: reference('secret/login', 'version'),
        },
      },
    },
    { after: ['namespace/skypilot', 'secret/login'] },
  ),
  step(
    'release/skypilot',
    'create',
    {
      repository: 'https://helm.skypilot.co',
      chart: {
        name: 'skypilot',
        version: '0.13.0',
        sha256: '5f1c0c6d2f4a8b3e5d7c9f1a0b2d4e6f8a1c3e5b7d9f0a2c4e6b8d0f1a3c9ae2',
      },
      namespace: 'skypilot',
      values: {
        'ingress-nginx': {
          controller: { service: { loadBalancerIP: reference('address/staging', 'address') } },
        },
      },
      objects,
    },
    {
      takes: [120, 300],
      after: [
        'node-pool/default',
        'kubernetes-secret/skypilot-db-connection-uri',
        'kubernetes-secret/skypilot-login',
        'address/staging',
      ],
    },
  ),
]

/** A new environment: everything is created. */
export const staging: Plan = plan('staging', {
  steps: [...google, ...inCluster],
  recorded: false,
  isNew: true,
  url: { $text: ['http://', reference('address/staging', 'address')] },
  notes: [
    {
      level: 'warning',
      message: 'The login travels over plain HTTP until TLS is set.',
      advice: 'Set `release.values.ingress`, as docs/tls.md says.',
      source: line(1, 'environments/staging.yaml'),
    },
    {
      level: 'info',
      message: 'Read the login with `gcloud secrets versions access latest --secret staging-skypilot-login`.',
    },
  ],
})
