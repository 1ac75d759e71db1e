import { describe, expect, test } from '@jest/globals'
import { grant, grantName } from '../../src/kinds/grant/index.ts'
import { resourceOf } from './service-support/worlds.ts'

const nodes = 'staging-nodes@acme-ml.iam.gserviceaccount.com'
const project = { project: 'acme-ml' }
const account = { project: 'acme-ml', serviceAccount: nodes }
const pool = 'serviceAccount:acme-ml.svc.id.goog[skypilot/staging-api-sa]'

const grantOf = (settings: Parameters<typeof grantName>[0]) =>
  resourceOf(grant, grantName(settings), settings)

const viewer = grantOf({ role: 'roles/viewer', member: `serviceAccount:${nodes}`, target: project })
const identity = grantOf({ role: 'roles/iam.workloadIdentityUser', member: pool, target: account })

describe('what a grant is', () => {
  test('name, address, identity', () => {
    expect(viewer.address).toBe(`grant/roles/viewer:serviceAccount:${nodes}@acme-ml`)
    expect(viewer.identity).toBe(
      `//cloudresourcemanager.googleapis.com/projects/acme-ml#roles/viewer serviceAccount:${nodes}`,
    )
    expect(identity.identity).toBe(
      `//iam.googleapis.com/projects/acme-ml/serviceAccounts/${nodes}#roles/iam.workloadIdentityUser ${pool}`,
    )
  })

  test('with another condition it is another grant', () => {
    const settings = { role: 'roles/viewer', member: 'user:a@example.com', target: project } as const
    const all = [undefined, 'true', 'false'].map(expression =>
      grantOf(expression === undefined ? settings : { ...settings, condition: { title: 't', expression } }),
    )
    expect(new Set(all.map(resource => resource.identity)).size).toBe(3)
    expect(new Set(all.map(({ address }) => address)).size).toBe(3)
  })

  test.each(['owner', 'roles/', 'role/viewer', 'projects/p/viewer'])('%s is no role', role => {
    expect(grant.schema.safeParse({ role, member: 'user:a@example.com', target: project }).success).toBe(
      false,
    )
  })

  test.each(['a@example.com', 'deleted:user:a@example.com?uid=1', 'user:'])('%s is no member', member => {
    expect(grant.schema.safeParse({ role: 'roles/viewer', member, target: project }).success).toBe(false)
  })
})
