import type { Emulator } from '../../../src/emulator/index.ts'
import { isObject, type Json, type JsonObject, listAt, objectAt, textAt } from '../../../src/emulator/json.ts'
import type { Binding } from '../../../src/emulator/store.ts'
import type { Send } from '../gcp/support.ts'
import type { Exchange, Recording } from './exchange.ts'

/** What was there before a recording began, and what the flights, which keep no bodies, must have sent. */
interface Setup {
  readonly seed?: (emulator: Emulator, send: Send, recording: Recording) => void | Promise<void>
  /** Of the writes, by the end of their path and in their order. */
  readonly bodies?: (recording: Recording) => Readonly<Record<string, readonly JsonObject[]>>
}

const answerTo = ({ exchanges }: Recording, pattern: RegExp): JsonObject =>
  exchanges.find(({ method, host, path }) => pattern.test(`${method} ${host} ${path}`))?.answer ?? {}

const policyBefore = (emulator: Emulator, recording: Recording): void => {
  const { bindings = [], auditConfigs } = answerTo(recording, /projects\/acme-ml:getIamPolicy$/)
  const helper = emulator.seed()
  const members = (Array.isArray(bindings) ? bindings : []).flatMap((one: Json) =>
    listAt(one, 'members').map(String),
  )
  const emails = new Set(
    members.map(member => /^serviceAccount:(.+)@acme-ml\.iam\.gserviceaccount\.com$/.exec(member)?.[1] ?? ''),
  )
  for (const id of emails) if (/^[a-z][-a-z0-9]{4,28}[a-z0-9]$/.test(id)) helper.serviceAccount(id)
  helper.bindings(
    bindings as unknown as readonly Binding[],
    auditConfigs as readonly JsonObject[] | undefined,
  )
}

const labels = (answer: JsonObject): JsonObject => objectAt(answer, 'labels')

const setups: Readonly<Record<string, Setup>> = {
  'composer/composerenvironment/composerenvironmentbasic': {
    seed: (emulator, _, recording) => policyBefore(emulator, recording),
  },
  'c7n/project-set-iam-policy': {
    seed: (emulator, _, recording) => policyBefore(emulator, recording),
    bodies: recording => ({
      ':setIamPolicy': [{ policy: { ...answerTo(recording, /:setIamPolicy/), etag: 'read' } }],
    }),
  },
  'c7n/gcp-secret-set-label': {
    seed: (emulator, _, recording) =>
      emulator.seed().secret('c7n-secret', [], {
        labels: labels(objectAt(listAt(answerTo(recording, /secrets$/), 'secrets')[0])),
      }),
    bodies: recording => ({ 'c7n-secret': [{ labels: labels(answerTo(recording, /^PATCH/)) }] }),
  },
  'c7n/gke-cluster-query': {
    seed: emulator => emulator.seed().cluster('us-central1-a', 'standard-cluster-1', { initialNodeCount: 3 }),
  },
  'c7n/gke-cluster-set-label': {
    seed: emulator =>
      emulator
        .seed()
        .cluster('us-central1', 'standard-cluster-1', { initialNodeCount: 1, resourceLabels: { env: 'x' } }),
    bodies: () => ({
      ':setResourceLabels': [
        { labelFingerprint: 'read', resourceLabels: { env: 'y' } },
        { labelFingerprint: 'dbf4ff9a', resourceLabels: { env: 'z' } },
        { labelFingerprint: 'read', resourceLabels: { env: 'z' } },
      ],
    }),
  },
  'c7n/iam-service-account-key': {
    seed: emulator =>
      void emulator.seed().serviceAccount('test-cutodian-scc', {
        displayName: 'test-cutodian-scc',
        description: 'for testing custodian scc',
      }),
  },
  'c7n/iam-service-account-iam-policy': {
    seed: (emulator, _, recording) => {
      const email = emulator
        .seed()
        .serviceAccount('my-sa-42dc4145', { displayName: 'My Test Service Account' })
      const [project] = emulator.state.all
      const account = project?.serviceAccounts.get(email)
      const { bindings = [] } = answerTo(recording, /:getIamPolicy$/)
      if (account) account.policy = { bindings: bindings as unknown as readonly Binding[], etag: 'e' }
    },
  },
  'c7n/loadbalancer-global-address-labels': {
    seed: async (_, send, recording) => {
      const at = 'compute/compute/v1/projects/acme-ml/global/addresses'
      for (const item of listAt(answerTo(recording, /addresses$/), 'items').filter(isObject)) {
        const { name, addressType, labels: before, prefixLength, purpose, network } = item
        await send(`POST ${at}`, { name, addressType, labels: before, prefixLength, purpose, network })
      }
    },
    bodies: recording => ({
      '/setLabels': [{ labelFingerprint: 'read', labels: labels(answerTo(recording, /^GET .*abf3$/)) }],
    }),
  },
  'c7n/sql-api-disabled': {
    seed: emulator => void emulator.state.all[0]?.services.delete('sqladmin.googleapis.com'),
  },
  // It is off in the recording; here only what Slipway knows can be.
  'c7n/service-get': { seed: emulator => emulator.seed().enable('deploymentmanager') },
  'c7n/sqluser-query': {
    seed: emulator => emulator.seed().sqlInstance('custodian-postgres', postgres2019),
  },
  'c7n/sqlbackuprun-get': {
    seed: async (emulator, _, recording) => {
      await emulator.seed().sqlInstance('custodian-postgres', postgres2019)
      const run = answerTo(recording, /backupRuns\/\d+$/)
      emulator.state.all[0]?.sqlInstances.get('custodian-postgres')?.backupRuns.set(String(run.id), run)
    },
  },
  'c7n/network-get-resource': {
    seed: (emulator, _, recording) => {
      const then = listAt(answerTo(recording, /default$/), 'subnetworks').map(link => String(link))
      const subnetworks = emulator.state.all[0]?.subnetworks
      for (const key of subnetworks?.keys() ?? [])
        if (!then.some(link => link.includes(`/regions/${key.replace('/', '/subnetworks/')}`)))
          subnetworks?.delete(key)
    },
  },
  'c7n/subnet-get-resource': {
    seed: (emulator, _, recording) => {
      const { secondaryIpRanges, privateIpGoogleAccess, enableFlowLogs } = answerTo(recording, /default$/)
      const subnetworks = emulator.state.all[0]?.subnetworks
      const before = subnetworks?.get('us-central1/default')
      subnetworks?.set('us-central1/default', {
        ...before,
        secondaryIpRanges,
        privateIpGoogleAccess,
        enableFlowLogs,
      })
    },
  },
  'compute/computeaddress/globalcomputeaddress': { seed: emulator => emulator.seed().network('networkid') },
  'c7n/sql-backup-run-delete': {
    seed: async (emulator, _, recording) => {
      const [instance] = listAt(answerTo(recording, /instances$/), 'items')
      const { databaseVersion, region } = isObject(instance) ? instance : {}
      await emulator.seed().sqlInstance('star-buck', {
        databaseVersion,
        region,
        settings: {
          tier: textAt(instance, 'settings', 'tier'),
          edition: textAt(instance, 'settings', 'edition'),
          backupConfiguration: { enabled: true, startTime: '15:00', binaryLogEnabled: false },
        },
      })
      const runs = emulator.state.all[0]?.sqlInstances.get('star-buck')?.backupRuns
      const recorded = listAt(answerTo(recording, /backupRuns$/), 'items').filter(isObject)
      for (const run of recorded.reverse()) runs?.set(String(run.id), run)
    },
  },
}

const postgres2019: JsonObject = {
  databaseVersion: 'POSTGRES_9_6',
  region: 'us-central1',
  settings: {
    tier: 'db-custom-1-3840',
    edition: 'ENTERPRISE',
    backupConfiguration: { enabled: true, startTime: '13:00', replicationLogArchivingEnabled: false },
    maintenanceWindow: { kind: 'sql#maintenanceWindow', hour: 0, day: 0 },
  },
}

/** Puts in place what a recording takes for granted, and fills in bodies that it does not hold. */
export const prepared = async (
  emulator: Emulator,
  send: Send,
  recording: Recording,
): Promise<readonly Exchange[]> => {
  const { seed, bodies } = setups[recording.name] ?? {}
  await seed?.(emulator, send, recording)
  const left = Object.entries(bodies?.(recording) ?? {}).map(([end, all]) => ({ end, all: [...all] }))
  const bodyOf = ({ path }: Exchange): JsonObject =>
    left.find(({ end }) => path.endsWith(end))?.all.shift() ?? {}
  return recording.exchanges.map(exchange =>
    exchange.method === 'GET' || exchange.body !== undefined
      ? exchange
      : { ...exchange, body: bodyOf(exchange) },
  )
}

/** Which reads of a new service account saw it: a matter of luck, so it is taken from the recording. */
export const seenReads = ({ exchanges }: Recording): readonly boolean[] => {
  const created = exchanges.findIndex(
    ({ method, path, status }) => method === 'POST' && /\/serviceAccounts$/.test(path) && status === 200,
  )
  return exchanges
    .slice(created + 1)
    .filter(({ method, path }) => method === 'GET' && /\/serviceAccounts\/[^/]+$/.test(path))
    .map(({ status }) => status === 200)
}
