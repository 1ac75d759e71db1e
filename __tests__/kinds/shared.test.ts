import { describe, expect, test } from '@jest/globals'
import { SlipwayError } from '../../src/core/problem.ts'
import type { Resource } from '../../src/core/resource.ts'
import { ForbiddenRequestError } from '../../src/gcp/port.ts'
import { cluster } from '../../src/kinds/cluster/index.ts'
import type { Kind } from '../../src/kinds/kind.ts'
import { nodePool } from '../../src/kinds/node-pool/index.ts'
import { sentLabels } from '../../src/kinds/shared/gke/labels.ts'
import { changedLabels, labelsSchema, markOf, ownLabels } from '../../src/kinds/shared/labels.ts'
import { isLocation, isZone, regionOf } from '../../src/kinds/shared/places.ts'
import { unseen } from '../../src/kinds/shared/unseen.ts'
import { sqlDatabase } from '../../src/kinds/sql-database/index.ts'
import { sqlInstance } from '../../src/kinds/sql-instance/index.ts'
import { sqlUser } from '../../src/kinds/sql-user/index.ts'
import { failing, fakeGcp } from './service-support/fake-gcp.ts'
import { planning } from './service-support/worlds.ts'

const view = { address: 'a/b', project: 'acme-ml', permission: 'x.y.list', role: 'roles/x.viewer' }

describe('what a read that failed says of a resource', () => {
  const place = { project: 'acme-ml', location: 'us-central1', name: 'prod' }
  const specs: readonly (readonly [Pick<Kind, 'kind' | 'observe'>, Resource['spec'], string, string])[] = [
    [cluster, place, 'container.clusters.list', 'roles/container.viewer'],
    [nodePool, { cluster: place, name: 'gpu' }, 'container.clusters.list', 'roles/container.viewer'],
    [sqlInstance, place, 'cloudsql.instances.list', 'roles/cloudsql.viewer'],
    [sqlDatabase, { ...place, instance: 'db' }, 'cloudsql.databases.list', 'roles/cloudsql.viewer'],
    [sqlUser, { ...place, instance: 'db' }, 'cloudsql.users.list', 'roles/cloudsql.viewer'],
  ]

  test.each(specs)('names the permission, the role and the command', async (kind, spec, permission, role) => {
    const address = `${kind.kind}/it`
    const wanted: Resource = {
      kind: kind.kind,
      name: 'it',
      address,
      identity: '',
      spec,
      dependsOn: [],
      sources: {},
    }
    const gcp = fakeGcp(() => {
      throw failing('container', 'forbidden', 'The caller does not have permission', 403)
    })
    const found = (await kind.observe([wanted], planning(gcp))).get(address)
    expect(found).toMatchObject({
      state: 'unknown',
      problem: {
        message: expect.stringContaining(
          `${address} cannot be seen: the planner lacks ${permission} in project acme-ml.`,
        ),
        advice: expect.stringContaining(
          `Give the planner ${role}: gcloud projects add-iam-policy-binding acme-ml --role ${role}`,
        ),
      },
    })
  })

  test('keeps the advice of an error that is none of Google’s', () => {
    const error = new SlipwayError('no credentials', { advice: 'Log in.' })
    expect(unseen(error, view)).toEqual({
      state: 'unknown',
      problem: { message: 'a/b cannot be seen: no credentials', advice: 'Log in.' },
    })
  })

  test.each([new ForbiddenRequestError('POST x'), new TypeError('a defect')])('throws a defect on', error => {
    expect(() => unseen(error, view)).toThrow(error)
  })
})

describe('labels', () => {
  const live = {
    team: 'ml',
    'goog-fleet-project': '1',
    'goog-gke-node': '',
    'slipway-environment': 'dev',
    'slipway-user-bob': 'dev_3',
  }

  test('of our own and of Google’s are not shown and not to be set', () => {
    expect(ownLabels(live)).toEqual({ team: 'ml' })
    expect(markOf(live)).toBe('dev')
    expect(markOf({ team: 'ml' })).toBeNull()
    expect(labelsSchema.safeParse({ 'slipway-user-bob': 'x' }).success).toBe(false)
    expect(labelsSchema.safeParse({ 'goog-x': 'x' }).success).toBe(false)
    expect(labelsSchema.safeParse({ team: 'ml' }).success).toBe(true)
  })

  test('that are replaced as a whole keep what is not ours to change', () => {
    const edits = [
      { path: ['labels', 'team'], to: 'data' },
      { path: ['labels', 'gone'] },
      { path: ['mark'], to: 'prod' },
    ]
    const { team: _, ...others } = { ...live, 'slipway-environment': 'prod' }
    expect(changedLabels({ ...live, gone: 'x' }, edits)).toEqual({ ...others, team: 'data' })
    const { 'goog-gke-node': __, ...sent } = others
    expect(sentLabels({ ...live, gone: 'x' }, edits, 'labels')).toEqual({ ...sent, team: 'data' })
  })
})

test.each([
  ['us-central1', true, false, 'us-central1'],
  ['us-central1-a', true, true, 'us-central1'],
  ['us-central1-ai1a', true, true, 'us-central1'],
  ['moon', false, false, 'moon'],
])('%s as a place', (location, known, zone, region) => {
  expect([isLocation(location), isZone(location), regionOf(location)]).toEqual([known, zone, region])
})
