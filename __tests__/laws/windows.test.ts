import { beforeEach, expect, test } from '@jest/globals'
import { meddlings } from '../support/meddlings.ts'
import { conflicts, meddledBetween, windows } from '../support/second-actor.ts'

const base = {
  project: 'acme-ml',
  location: 'us-central1-a',
  services: ['compute', 'container', 'iam', 'cloudresourcemanager', 'secretmanager', 'sqladmin'],
  projectIam: [{ role: 'roles/viewer', member: 'user:jo@acme.com' }],
  serviceAccounts: { server: { id: 'lab-server', displayName: 'The server' } },
  secrets: { db: { name: 'lab-db', generate: { length: 32 }, labels: { cost: 'a' } } },
  database: {
    name: 'lab-main',
    version: 'POSTGRES_16',
    tier: 'db-custom-2-7680',
    flags: { work_mem: '4096' },
  },
  addresses: { web: { name: 'lab-web', tier: 'PREMIUM', labels: { cost: 'a' } } },
  cluster: { name: 'lab', mode: 'standard', monitoring: { components: ['SYSTEM_COMPONENTS'] } },
  nodePools: {
    main: { machineType: 'e2-standard-4', autoscaling: { min: 1, max: 3 }, labels: { team: 'ml' } },
  },
}

const at = (address: string, path: string): readonly number[] => [
  meddlings.findIndex(one => one.address === address && one.path === path),
]

/** For slow machines: nothing here waits. */
const patient = 300_000

beforeEach(() => {
  windows.clear()
  Object.assign(conflicts, { met: 0, named: 0 })
})

const { main } = base.nodePools
const pool = (change: object) => ({ nodePools: { main: { ...main, ...change } } })
const reader = { role: 'roles/viewer', member: 'group:ml@acme.com' }

/** An edit that is one write, and what somebody sets beside it as that write arrives. */
const beside: readonly (readonly [string, object, string, string])[] = [
  [
    'a list of an instance',
    { database: { ...base.database, flags: { work_mem: '8192' } } },
    'sql-instance/lab',
    'flags.foreign',
  ],
  ['a policy', { projectIam: [...base.projectIam, reader] }, 'grant', ''],
  [
    'a message of a cluster that is sent whole',
    { cluster: { ...base.cluster, monitoring: { components: ['SYSTEM_COMPONENTS', 'POD'] } } },
    'cluster/lab',
    'monitoring.managedPrometheus',
  ],
  ['the labels of nodes', pool({ labels: { team: 'research' } }), 'node-pool/main', 'labels.foreign'],
  [
    'the labels of a cluster',
    { cluster: { ...base.cluster, labels: { team: 'x' } } },
    'cluster/lab',
    'labels.foreign',
  ],
  [
    'the labels of a secret',
    { secrets: { db: { ...base.secrets.db, labels: { cost: 'b' } } } },
    'secret/db',
    'labels.foreign',
  ],
  [
    'the labels of an address',
    { addresses: { web: { ...base.addresses.web, labels: { cost: 'b' } } } },
    'address/web',
    'labels.foreign',
  ],
]

test.each(beside)(
  'what somebody adds to %s right before a write is seen, and kept',
  async (_, change, address, path) => {
    const chosen = at(address, path)
    expect(await meddledBetween([base, { ...base, ...change }], { chosen, inTheWay: [], when: 1 })).toBe(
      'held',
    )
    expect([[...windows], conflicts]).toEqual([[], { met: 0, named: 0 }])
  },
  patient,
)

/** An edit that is one write, and what somebody sets to another value as that write arrives. */
const against: readonly (readonly [string, object, string, string])[] = [
  [
    'the tier of an instance',
    { database: { ...base.database, tier: 'db-custom-4-15360' } },
    'sql-instance/lab',
    'tier',
  ],
  ['a label of nodes', pool({ labels: { team: 'research' } }), 'node-pool/main', 'labels.team'],
  [
    'the size of an autoscaler',
    pool({ autoscaling: { min: 1, max: 5 } }),
    'node-pool/main',
    'autoscaling.max',
  ],
  ['the machine of nodes', pool({ machineType: 'e2-standard-8' }), 'node-pool/main', 'machineType'],
  ['a setting of a cluster', { cluster: { ...base.cluster, channel: 'RAPID' } }, 'cluster/lab', 'channel'],
  [
    'a label of a cluster',
    { cluster: { ...base.cluster, labels: { team: 'x' } } },
    'cluster/lab',
    'labels.team',
  ],
  [
    'a label of a secret',
    { secrets: { db: { ...base.secrets.db, labels: { cost: 'b' } } } },
    'secret/db',
    'labels.cost',
  ],
  [
    'a label of an address',
    { addresses: { web: { ...base.addresses.web, labels: { cost: 'b' } } } },
    'address/web',
    'labels.cost',
  ],
]

test.each(against)(
  '%s that somebody sets right before our write stays theirs, and the apply says so',
  async (_, change, address, path) => {
    const chosen = at(address, path)
    expect(await meddledBetween([base, { ...base, ...change }], { chosen, inTheWay: [], when: 1 })).toBe(
      'held',
    )
    expect([[...windows], conflicts]).toEqual([[], { met: 1, named: 1 }])
  },
  patient,
)

test(
  'where an API takes no precondition it is lost, which SECURITY.md says',
  async () => {
    const to = { ...base, serviceAccounts: { server: { id: 'lab-server', displayName: 'It' } } }
    const chosen = at('service-account/server', 'displayName')
    expect(await meddledBetween([base, to], { chosen, inTheWay: [], when: 1 })).toBe('held')
    expect([...windows.keys()]).toEqual(['service-account displayName'])
  },
  patient,
)

test(
  'a meddling that is not possible proves nothing',
  async () => {
    const to = { ...base, ...pool({ labels: { team: 'research' } }) }
    const chosen = at('node-pool/spare', '')
    expect(await meddledBetween([base, to], { chosen, inTheWay: [], when: 1 })).toEqual({
      unusable: 'nothing to meddle with',
    })
  },
  patient,
)
