import { expect, test } from '@jest/globals'
import { meddlings } from '../support/meddlings.ts'
import { meddledBetween, windows } from '../support/second-actor.ts'

const base = {
  project: 'acme-ml',
  location: 'us-central1-a',
  services: ['compute', 'container', 'iam', 'cloudresourcemanager'],
  projectIam: [{ role: 'roles/viewer', member: 'user:jo@acme.com' }],
  cluster: { name: 'lab', mode: 'standard', monitoring: { components: ['SYSTEM_COMPONENTS'] } },
  nodePools: { main: { machineType: 'e2-standard-4', nodes: 1, labels: { team: 'ml' } } },
}

const at = (address: string, path: string): readonly number[] => [
  meddlings.findIndex(one => one.address === address && one.path === path),
]

/** For slow machines: nothing here waits. */
const patient = 300_000

test(
  'a change right before a write with a precondition is seen, and kept',
  async () => {
    const member = { role: 'roles/viewer', member: 'group:ml@acme.com' }
    const to = { ...base, projectIam: [...base.projectIam, member] }
    const met = windows.size
    expect(await meddledBetween([base, to], { chosen: at('grant', ''), when: 1 })).toBe('held')
    expect(windows.size).toBe(met)
  },
  patient,
)

test(
  'where there is none it is lost, which SECURITY.md says',
  async () => {
    const monitoring = { components: ['SYSTEM_COMPONENTS', 'POD'] }
    const labels = { team: 'research' }
    const to = {
      ...base,
      cluster: { ...base.cluster, monitoring },
      nodePools: { main: { ...base.nodePools.main, labels } },
    }
    const cluster = { chosen: at('cluster/lab', 'monitoring.managedPrometheus'), when: 0.5 }
    const pool = { chosen: at('node-pool/main', 'labels.foreign'), when: 1 }
    expect(await meddledBetween([base, to], cluster)).toBe('held')
    expect(await meddledBetween([base, to], pool)).toBe('held')
    expect([...windows.keys()].sort()).toEqual([
      'cluster monitoring.managedPrometheus',
      'node-pool labels.foreign',
    ])
  },
  patient,
)
