import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ControlPlaneOptions, type Place, startServer, writeFiles } from './api-server.ts'
import { type AuditEntry, readAudit } from './audit.ts'
import { programs } from './build.ts'
import type { Client } from './client.ts'
import { adminRole, binding, limitedRole, node, storageClass, viewerRole } from './objects.ts'
import { createProcesses, freePorts, type Processes, until } from './processes.ts'

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
  /** Kills the API server; starts it again once `away` is over. */
  restart(away: () => Promise<unknown>): Promise<void>
  close(): Promise<void>
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
    const { authority, admin, restart } = await startServer(place, processes, options)
    startRest(place, processes)
    await furnish(admin, options)
    return {
      endpoint: `127.0.0.1:${api}`,
      authority,
      kubeconfig: join(folder, 'kubeconfig'),
      admin,
      restart,
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
const furnish = async (admin: Client, { planner, applier, limited }: ControlPlaneOptions): Promise<void> => {
  const rbac = '/apis/rbac.authorization.k8s.io/v1'
  await admin.create('/apis/storage.k8s.io/v1/storageclasses', storageClass)
  for (const role of [viewerRole, limitedRole]) await admin.create(`${rbac}/clusterroles`, role)
  for (const [role, user] of [
    [viewerRole.metadata.name, planner],
    [adminRole, applier],
    [viewerRole.metadata.name, limited],
    [limitedRole.metadata.name, limited],
  ] as const)
    await admin.create(`${rbac}/clusterrolebindings`, binding(role, user.email))
  await admin.create('/api/v1/nodes', node)
  const ready = async (): Promise<boolean> => {
    const found = await admin.get('/api/v1/nodes/gke-node-1')
    return JSON.stringify(found?.status ?? {}).includes('"KubeletReady"')
  }
  await until('the node', ready)
}
