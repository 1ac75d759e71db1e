import { generateKeyPairSync } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JsonObject } from '../../../src/core/json.ts'
import { type Client, createClient } from './client.ts'
import { auditPolicy } from './objects.ts'
import { type Processes, until } from './processes.ts'

/** Who a token stands for. */
export interface Account {
  readonly email: string
  readonly token: string
}

/** How a control plane is started. */
export interface ControlPlaneOptions {
  readonly planner: Account
  readonly applier: Account
  /** Someone who may see all and write nothing but Leases: an applier whose rights were cut. */
  readonly limited: Account
  readonly say: (line: string) => void
  /** True if admission webhooks are called. */
  readonly webhooks?: boolean
  /** Address of a server that answers TokenReviews, for tokens that are made later, as Google does for GKE. */
  readonly reviewer?: string
}

const adminToken = 'e2e-admin'

/** Where a control plane lives. */
export interface Place {
  readonly folder: string
  readonly bin: string
  readonly ports: {
    readonly etcd: number
    readonly peer: number
    readonly api: number
    readonly controllers: number
    readonly scheduler: number
    readonly kwok: number
  }
}

/** A running API server. */
export interface Server {
  /** PEM. */
  readonly authority: string
  readonly admin: Client
  /** Kills the API server; starts it again once `away` is over. */
  restart(away: () => Promise<unknown>): Promise<void>
}

/** Keys, tokens and the audit policy. */
export const writeFiles = async (
  { folder }: Place,
  { planner, applier, limited, reviewer }: ControlPlaneOptions,
): Promise<void> => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const tokens = [
    `${adminToken},e2e-admin,1,"system:masters"`,
    `${planner.token},${planner.email},2`,
    `${applier.token},${applier.email},3`,
    `${limited.token},${limited.email},4`,
  ]
  await writeFile(join(folder, 'sa.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }), {
    mode: 0o600,
  })
  await writeFile(join(folder, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }))
  await writeFile(join(folder, 'tokens.csv'), `${tokens.join('\n')}\n`, { mode: 0o600 })
  await writeFile(join(folder, 'audit.yaml'), auditPolicy([planner.email, applier.email, limited.email]))
  if (reviewer !== undefined) await writeFile(join(folder, 'reviewer'), reviewerConfig(reviewer))
}

/** Starts etcd and the API server, and waits until it is ready. */
export const startServer = async (
  place: Place,
  processes: Processes,
  options: ControlPlaneOptions,
): Promise<Server> => {
  const { folder, bin, ports } = place
  const [client, peer] = [`http://127.0.0.1:${ports.etcd}`, `http://127.0.0.1:${ports.peer}`]
  processes.start(join(bin, 'etcd'), [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    '--unsafe-no-fsync',
  ])
  const startApi = () => processes.start(join(bin, 'kube-apiserver'), apiArguments(place, client, options))
  let api = startApi()
  const authority = await until('the certificate of the API server', async () => {
    await processes.check()
    return readFile(join(folder, 'certificates', 'apiserver.crt'), 'utf8').catch(() => undefined)
  })
  const url = `https://127.0.0.1:${ports.api}`
  const admin = createClient(url, authority, adminToken)
  const ready = async (): Promise<void> => {
    await until('the API server', async () => {
      await processes.check()
      return admin.get('/readyz').catch(() => undefined)
    })
  }
  await ready()
  await writeFile(join(folder, 'kubeconfig'), JSON.stringify(kubeconfig(url, authority)), { mode: 0o600 })
  const restart = async (away: () => Promise<unknown>): Promise<void> => {
    await api.stop()
    await away()
    api = startApi()
    await ready()
  }
  return { authority, admin, restart }
}

const apiArguments = (
  { folder, ports }: Place,
  etcd: string,
  { webhooks = false, reviewer }: ControlPlaneOptions,
): readonly string[] => [
  `--etcd-servers=${etcd}`,
  `--cert-dir=${join(folder, 'certificates')}`,
  `--secure-port=${ports.api}`,
  '--bind-address=127.0.0.1',
  '--advertise-address=127.0.0.1',
  '--service-cluster-ip-range=10.0.0.0/24',
  '--authorization-mode=RBAC',
  '--allow-privileged=true',
  '--service-account-issuer=https://kubernetes.default.svc',
  `--service-account-key-file=${join(folder, 'sa.pub')}`,
  `--service-account-signing-key-file=${join(folder, 'sa.key')}`,
  `--token-auth-file=${join(folder, 'tokens.csv')}`,
  '--endpoint-reconciler-type=none',
  '--enable-priority-and-fairness=false',
  // The webhook of the chart's nginx has no pod that answers: under kwok nothing really runs.
  ...(webhooks ? [] : ['--disable-admission-plugins=ValidatingAdmissionWebhook,MutatingAdmissionWebhook']),
  ...(reviewer === undefined
    ? []
    : [
        `--authentication-token-webhook-config-file=${join(folder, 'reviewer')}`,
        '--authentication-token-webhook-version=v1',
      ]),
  `--audit-policy-file=${join(folder, 'audit.yaml')}`,
  `--audit-log-path=${join(folder, 'audit.log')}`,
  '--audit-log-mode=blocking-strict',
  // Megabytes. By itself it would begin another file after a hundred, and nobody reads the older ones.
  '--audit-log-maxsize=1000',
]

const kubeconfig = (server: string, authority: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [
    {
      name: 'e2e',
      cluster: { server, 'certificate-authority-data': Buffer.from(authority).toString('base64') },
    },
  ],
  users: [{ name: 'admin', user: { token: adminToken } }],
  contexts: [{ name: 'e2e', context: { cluster: 'e2e', user: 'admin' } }],
  'current-context': 'e2e',
})

/** Who answers TokenReviews, in the form of a kubeconfig. */
const reviewerConfig = (server: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'google', cluster: { server } }],
    users: [{ name: 'api-server', user: {} }],
    contexts: [{ name: 'google', context: { cluster: 'google', user: 'api-server' } }],
    'current-context': 'google',
  })
