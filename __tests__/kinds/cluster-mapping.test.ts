import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Json, type JsonObject, valueAt, withValueAt } from '../../src/core/json.ts'
import { ruleFor } from '../../src/core/rules.ts'
import { clusterBody, clusterSpecOf } from '../../src/kinds/cluster/api.ts'
import { requestsFor as requestsOf } from '../../src/kinds/cluster/calls.ts'
import { clusterResource } from '../../src/kinds/cluster/resource.ts'
import { clusterRules } from '../../src/kinds/cluster/rules.ts'
import { clusterSchema } from '../../src/kinds/cluster/schema.ts'
import { type Edit, edited } from '../../src/kinds/shared/fields.ts'
import type { ApiCluster } from '../../src/kinds/shared/gke/clusters.ts'
import type { SiteWrite } from '../../src/kinds/shared/operations.ts'
import { against, differs, keysOf, leavesOf, unruled } from './cluster-support/checks.ts'
import { fullCluster } from './cluster-support/settings.ts'
import { item } from './cluster-support/world.ts'

const { spec } = clusterResource(item(clusterSchema.parse(fullCluster)))

/** A created cluster as GKE answers it: the version that runs, and links under networkConfig. */
const answered = (wanted: JsonObject): ApiCluster => {
  const body = clusterBody(wanted, 'staging', 'acme-ml', 1)
  const { initialClusterVersion, network, subnetwork, ...rest } = body
  const places: readonly (readonly [string, Json | undefined])[] = [
    ['network', network],
    ['subnetwork', subnetwork],
  ]
  const linked = places.reduce<JsonObject>(
    (result, [key, link]) =>
      link === undefined ? result : withValueAt(result, ['networkConfig', key], link),
    rest,
  )
  return {
    ...linked,
    name: 'staging',
    location: 'us-central1-a',
    labelFingerprint: 'f00d',
    etag: 'e7a6',
    ...(initialClusterVersion === undefined ? {} : { currentMasterVersion: '1.33.4-gke.1245000' }),
  }
}

const declared = leavesOf(spec).filter(([first]) => first !== 'nodePools')

describe('the table of a cluster', () => {
  test('the sample holds every setting of the schema', () => {
    expect(keysOf(clusterSchema).filter(key => !(key in fullCluster))).toEqual([])
  })

  test('every path that the schema can produce has a rule', () => {
    expect(unruled(spec, clusterRules)).toEqual([])
  })

  test('the body of a create fits Google’s description', () => {
    const cluster = clusterBody(spec, 'staging', 'acme-ml', 1)
    expect(against('container', 'container.projects.locations.clusters.create', { cluster })).toEqual([])
  })

  test('what is sent is read back', () => {
    expect(differs(spec, clusterSpecOf(answered(spec), 'acme-ml'), clusterRules)).toEqual([])
  })

  test('any part of it is read back too', () => {
    fc.assert(
      fc.property(fc.subarray([...declared]), paths => {
        const part = paths.reduce<JsonObject>(
          (result, path) => withValueAt(result, path, valueAt(spec, path) ?? null),
          { project: 'acme-ml', name: 'staging', location: 'us-central1-a' },
        )
        expect(differs(part, clusterSpecOf(answered(part), 'acme-ml'), clusterRules)).toEqual([])
      }),
    )
  })

  test('an empty answer reads as what GKE leaves out', () => {
    const read = clusterSpecOf({ name: 'c', location: 'us-central1' }, 'p')
    expect(read).toMatchObject({
      mode: 'standard',
      workloadIdentity: false,
      dnsEndpoint: false,
      addons: { httpLoadBalancing: true, dnsCache: false },
      labels: {},
    })
  })

  test('our label and Google’s are not shown as labels', () => {
    const resourceLabels = { team: 'ml', 'slipway-environment': 'e', 'goog-gke-x': 'y' }
    const read = clusterSpecOf({ name: 'c', location: 'l', resourceLabels }, 'p')
    expect([read.labels, read.mark]).toEqual([{ team: 'ml' }, 'e'])
  })
})

const methods = {
  '': 'container.projects.locations.clusters.update',
  ':setResourceLabels': 'container.projects.locations.clusters.setResourceLabels',
  ':setMaintenancePolicy': 'container.projects.locations.clusters.setMaintenancePolicy',
} as const

const methodFor = ({ below = '' }: SiteWrite): string => methods[below as keyof typeof methods]

const requestsFor = (live: ApiCluster, edits: readonly Edit[]): readonly SiteWrite[] =>
  requestsOf(edits, 'acme-ml').map(({ changes, request }) => request(live, changes))

const changeable = declared.filter(path => ruleFor(clusterRules, path)?.change.effect !== 'refused')

describe('the calls of an update', () => {
  const full = answered(spec)
  const bare = answered({ project: 'acme-ml', mode: 'standard' })

  test.each(changeable.map(path => [path.join('.'), path] as const))(
    'a change of %s is one request that fits Google’s description',
    (_, path) => {
      const writes = requestsFor(full, [{ path, to: valueAt(spec, path) ?? null }])
      expect(writes).toHaveLength(1)
      for (const write of writes) expect(against('container', methodFor(write), write.body)).toEqual([])
      expect(JSON.stringify(writes)).not.toContain('null')
    },
  )

  test('each update carries one desired field, and the etag of the cluster', () => {
    const writes = requestsFor(
      bare,
      changeable.map(path => ({ path, to: valueAt(spec, path) ?? null })),
    )
    for (const { below, body } of writes) {
      const { etag, ...update } = (body as { update?: Record<string, Json> }).update ?? {}
      expect(below === undefined ? [Object.keys(update).length, etag] : [1, 'e7a6']).toEqual([1, 'e7a6'])
    }
  })

  test('they go in the order that works', () => {
    const paths = [
      ['labels', 'team'],
      ['nodeLocations', 'z'],
      ['logging', 'WORKLOADS'],
      ['addons', 'dnsCache'],
      ['workloadIdentity'],
      ['channel'],
      ['version'],
    ]
    const writes = requestsFor(
      bare,
      paths.map(path => ({ path, to: valueAt(spec, path) ?? true })),
    )
    const names = writes.map(
      ({ below, body }) => below ?? Object.keys((body as { update: object }).update)[0],
    )
    expect(names).toEqual([
      'desiredMasterVersion',
      'desiredReleaseChannel',
      'desiredWorkloadIdentityConfig',
      'desiredAddonsConfig',
      'desiredLoggingConfig',
      'desiredLocations',
      ':setResourceLabels',
    ])
  })

  test('labels go back whole, with the fingerprint that was read', () => {
    const resourceLabels = { theirs: 'x', team: 'old', 'slipway-environment': 'staging', 'goog-gke-a': 'b' }
    const [write] = requestsFor({ ...bare, resourceLabels }, [{ path: ['labels', 'team'], to: 'ml' }])
    expect(write?.body).toEqual({
      resourceLabels: { theirs: 'x', team: 'ml', 'slipway-environment': 'staging' },
      labelFingerprint: 'f00d',
    })
  })

  test('a set goes back with its foreign members', () => {
    const live = { ...bare, loggingConfig: { componentConfig: { enableComponents: ['APISERVER'] } } }
    const [write] = requestsFor(live, [{ path: ['logging', 'WORKLOADS'], to: true }])
    const enableComponents = ['APISERVER', 'WORKLOADS']
    expect(write?.body).toEqual({
      update: { desiredLoggingConfig: { componentConfig: { enableComponents } }, etag: 'e7a6' },
    })
  })

  test('what the file cannot say of authorised networks goes back with them', () => {
    const theirs = { enabled: true, gcpPublicCidrsAccessEnabled: true, cidrBlocks: [] }
    const live = {
      ...bare,
      controlPlaneEndpointsConfig: { ipEndpointsConfig: { authorizedNetworksConfig: theirs } },
    }
    const [write] = requestsFor(live, [{ path: ['authorizedNetworks', '192.0.2.0/24'], to: 'office' }])
    const cidrBlocks = [{ cidrBlock: '192.0.2.0/24', displayName: 'office' }]
    expect(write?.body).toMatchObject({
      update: {
        desiredControlPlaneEndpointsConfig: {
          ipEndpointsConfig: { authorizedNetworksConfig: { ...theirs, cidrBlocks } },
        },
      },
    })
  })

  test('the profile of the autoscaler does not switch auto-provisioning off', () => {
    const live = {
      ...bare,
      autoscaling: { enableNodeAutoprovisioning: true, autoscalingProfile: 'BALANCED' },
    }
    const [write] = requestsFor(live, [{ path: ['autoscalingProfile'], to: 'OPTIMIZE_UTILIZATION' }])
    expect(write?.body).toEqual({
      update: {
        desiredClusterAutoscaling: {
          enableNodeAutoprovisioning: true,
          autoscalingProfile: 'OPTIMIZE_UTILIZATION',
        },
        etag: 'e7a6',
      },
    })
  })

  test('a cluster that encrypts all its objects has its key, and goes on with that under another', () => {
    const live = answered(spec)
    const databaseEncryption = { state: 'ALL_OBJECTS_ENCRYPTION_ENABLED', keyName: 'projects/p/old' }
    const all = { ...live, databaseEncryption }
    expect(clusterSpecOf(all, 'acme-ml').encryptionKey).toBe('projects/p/old')
    const [write] = requestsFor(all, [{ path: ['encryptionKey'], to: 'projects/p/new' }])
    expect(write?.body).toMatchObject({
      update: { desiredDatabaseEncryption: { ...databaseEncryption, keyName: 'projects/p/new' } },
    })
  })

  test('a daily start replaces a recurring window and keeps the exclusions', () => {
    const live = answered({ ...spec, maintenance: spec.maintenance ?? {} })
    const [write] = requestsFor(live, [{ path: ['maintenance', 'daily'], to: '03:00' }])
    expect(write?.body).toMatchObject({
      maintenancePolicy: {
        window: { dailyMaintenanceWindow: { startTime: '03:00' }, maintenanceExclusions: {} },
      },
    })
    expect(JSON.stringify(write?.body)).not.toContain('recurringWindow')
  })
})

test('an edit that takes a value away leaves its neighbours', () => {
  expect(edited({ a: { b: 1, c: 2 } }, [{ path: ['a', 'b'] }])).toEqual({ a: { c: 2 } })
})
