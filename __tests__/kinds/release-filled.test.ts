import { describe, expect, test } from '@jest/globals'
import { isObject, type JsonObject } from '../../src/core/json.ts'
import { comparable } from '../../src/kinds/release/comparable.ts'
import { ownedByHelm, withOwned } from '../../src/kinds/release/owned.ts'

/** fieldsV1 of everything in an object, as the API server notes it for whoever created the object by POST. */
const allOf = (value: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(value).map(([key, member]) => [`f:${key}`, isObject(member) ? allOf(member) : {}]),
  )

const created = (kind: string, spec: JsonObject, operation = 'Update'): JsonObject => ({
  apiVersion: 'v1',
  kind,
  metadata: {
    name: 'a',
    managedFields: [{ manager: 'helm', operation, fieldsV1: { 'f:spec': allOf(spec) } }],
  },
  spec,
})

const left = (live: JsonObject, declared: JsonObject = {}) =>
  withOwned(declared, comparable(ownedByHelm(live))).spec

describe('what Helm 3 owns of an object', () => {
  test('does not hold the defaults of the server, nor what the server makes up', () => {
    const claim = { volumeMode: 'Filesystem', storageClassName: 'standard-rwo', volumeName: 'pvc-1' }
    expect(left(created('PersistentVolumeClaim', claim))).toBeUndefined()
    const service = {
      clusterIP: '10.0.0.7',
      clusterIPs: ['10.0.0.7'],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
      sessionAffinity: 'None',
      type: 'ClusterIP',
    }
    expect(left(created('Service', service))).toBeUndefined()
    const deployment = {
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      template: {
        spec: { dnsPolicy: 'ClusterFirst', schedulerName: 'default-scheduler', securityContext: {} },
      },
    }
    expect(left(created('Deployment', deployment))).toBeUndefined()
  })

  test('does not hold the labels that the server sets', () => {
    const pods = { 'batch.kubernetes.io/job-name': 'a', 'controller-uid': 'u', app: 'a' }
    expect(left(created('Job', { template: { metadata: { labels: pods } } }))).toEqual({
      template: { metadata: { labels: { app: 'a' } } },
    })
    const labels = { 'kubernetes.io/metadata.name': 'a' }
    const fieldsV1 = { 'f:metadata': { 'f:labels': allOf(labels) } }
    const managedFields = [{ manager: 'helm', operation: 'Update', fieldsV1 }]
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a', labels, managedFields } }
    expect(comparable(ownedByHelm(namespace))).toEqual({ apiVersion: 'v1' })
  })

  test('holds what somebody set, and the file does not have any more', () => {
    const deployment = {
      minReadySeconds: 5,
      progressDeadlineSeconds: 900,
      template: { metadata: { annotations: { type: 'RollingUpdate' } }, spec: { serviceAccountName: 'x' } },
    }
    expect(left(created('Deployment', deployment))).toEqual(deployment)
  })

  test('leaves the older name of the service account to the newer one', () => {
    const both = { template: { spec: { serviceAccount: 'x', serviceAccountName: 'x' } } }
    expect(left(created('Deployment', both))).toEqual({ template: { spec: { serviceAccountName: 'x' } } })
  })

  test('by server-side apply is what was sent, defaults or not', () => {
    expect(left(created('Deployment', { revisionHistoryLimit: 10 }, 'Apply'))).toEqual({
      revisionHistoryLimit: 10,
    })
  })
})
