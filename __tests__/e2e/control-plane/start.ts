import { generateKeyPairSync } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonObject } from '../../../src/core/json.ts'
import { type AuditEntry, readAudit } from './audit.ts'
import { programs } from './build.ts'
import { type Client, createClient } from './client.ts'
import { auditPolicy, binding, limitedRole, node, storageClass, viewerRole } from './objects.ts'
import { createProcesses, freePorts, type Processes, until } from './processes.ts'

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
}

/** A running control plane. */
export interface ControlPlane {
  /** `127.0.0.1:PORT` */
  readonly endpoint: string
  /** PEM. */
  readonly authority: string
  /** Of somebody who may do everything; for a helm of the tests' own. */
  readonly kubeconfig: string
  /** The tests' own hands. */
  readonly admin: Client
  /** What the planner and the applier did so far, oldest first. */
  audit(): Promise<readonly AuditEntry[]>
  close(): Promise<void>
}

const adminToken = 'e2e-admin'

interface Place {
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

/** Starts etcd, the API server, the controllers, the scheduler and kwok on free ports, in a folder that goes again. */
export const startControlPlane = async (options: ControlPlaneOptions): Promise<ControlPlane> => {
  const bin = await programs(options.say)
  const folder = await mkdtemp(join(tmpdir(), 'slipway-control-plane-'))
  await chmod(folder, 0o700)
  const [etcd = 0, peer = 0, api = 0, controllers = 0, scheduler = 0, kwok = 0] = await freePorts(6)
  const place: Place = { folder, bin, ports: { etcd, peer, api, controllers, scheduler, kwok } }
  const processes = createProcesses(folder)
  const close = async (): Promise<void> => {
    await processes.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    await writeFiles(place, options)
    const { authority, admin } = await startServer(place, processes)
    startRest(place, processes)
    await furnish(admin, options)
    return {
      endpoint: `127.0.0.1:${api}`,
      authority,
      kubeconfig: join(folder, 'kubeconfig'),
      admin,
      audit: () => readAudit(join(folder, 'audit.log')),
      close: async () => {
        await admin.close()
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

const writeFiles = async (
  { folder }: Place,
  { planner, applier, limited }: ControlPlaneOptions,
): Promise<void> => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const tokens = [
    `${adminToken},e2e-admin,1,"system:masters"`,
    `${planner.token},${planner.email},2`,
    `${applier.token},${applier.email},3,"system:masters"`,
    `${limited.token},${limited.email},4`,
  ]
  await writeFile(join(folder, 'sa.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }), {
    mode: 0o600,
  })
  await writeFile(join(folder, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }))
  await writeFile(join(folder, 'tokens.csv'), `${tokens.join('\n')}\n`, { mode: 0o600 })
  await writeFile(join(folder, 'audit.yaml'), auditPolicy([planner.email, applier.email]))
}

const startServer = async (
  { folder, bin, ports }: Place,
  processes: Processes,
): Promise<{ readonly authority: string; readonly admin: Client }> => {
  const [client, peer] = [ports.etcd, ports.peer].map(port => `http://127.0.0.1:${port}`)
  processes.start(join(bin, 'etcd'), [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    '--unsafe-no-fsync',
  ])
  processes.start(join(bin, 'kube-apiserver'), [
    `--etcd-servers=${client}`,
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
    // The chart's webhook has no pod that answers: under kwok nothing really runs.
    '--disable-admission-plugins=ValidatingAdmissionWebhook,MutatingAdmissionWebhook',
    `--audit-policy-file=${join(folder, 'audit.yaml')}`,
    `--audit-log-path=${join(folder, 'audit.log')}`,
    '--audit-log-mode=blocking-strict',
  ])
  const authority = await until('the certificate of the API server', async () => {
    await processes.check()
    return readFile(join(folder, 'certificates', 'apiserver.crt'), 'utf8').catch(() => undefined)
  })
  const url = `https://127.0.0.1:${ports.api}`
  const admin = createClient(url, authority, adminToken)
  await until('the API server', async () => {
    await processes.check()
    return admin.get('/readyz').catch(() => undefined)
  })
  await writeFile(join(folder, 'kubeconfig'), JSON.stringify(kubeconfig(url, authority)), { mode: 0o600 })
  return { authority, admin }
}

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

const startRest = ({ folder, bin, ports }: Place, processes: Processes): void => {
  const kube = `--kubeconfig=${join(folder, 'kubeconfig')}`
  const own = (port: number) => ['--bind-address=127.0.0.1', `--secure-port=${port}`, '--leader-elect=false']
  processes.start(join(bin, 'kube-controller-manager'), [
    kube,
    ...own(ports.controllers),
    `--cert-dir=${join(folder, 'controllers')}`,
    `--service-account-private-key-file=${join(folder, 'sa.key')}`,
  ])
  processes.start(join(bin, 'kube-scheduler'), [
    kube,
    ...own(ports.scheduler),
    `--cert-dir=${join(folder, 'scheduler')}`,
  ])
  processes.start(join(bin, 'kwok'), [
    kube,
    `--config=${join(import.meta.dirname, 'stages.yaml')}`,
    '--manage-all-nodes=true',
    '--node-ip=127.0.0.1',
    `--server-address=127.0.0.1:${ports.kwok}`,
  ])
}

/** The objects that a cluster of GKE has before anybody comes. */
const furnish = async (admin: Client, { planner, limited }: ControlPlaneOptions): Promise<void> => {
  const rbac = '/apis/rbac.authorization.k8s.io/v1'
  await admin.create('/apis/storage.k8s.io/v1/storageclasses', storageClass)
  for (const role of [viewerRole, limitedRole]) await admin.create(`${rbac}/clusterroles`, role)
  for (const [role, user] of [
    [viewerRole, planner],
    [viewerRole, limited],
    [limitedRole, limited],
  ] as const)
    await admin.create(`${rbac}/clusterrolebindings`, binding(role.metadata.name, user.email))
  await admin.create('/api/v1/nodes', node)
  const ready = async (): Promise<boolean> => {
    const found = await admin.get('/api/v1/nodes/gke-node-1')
    return JSON.stringify(found?.status ?? {}).includes('"KubeletReady"')
  }
  await until('the node', ready)
}
