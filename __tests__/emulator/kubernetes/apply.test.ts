import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { valueAt } from '../../../src/core/json.ts'
import type { KubernetesEmulator } from '../../../src/emulator/kubernetes/server.ts'
import { applyAs, ask, CONFIGMAPS, DEPLOYMENTS, deployment, start } from './support.ts'

let cluster: KubernetesEmulator
beforeAll(async () => {
  cluster = await start()
})
afterAll(() => cluster.close())

const configMap = (name: string, data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
})
const containers = (answer: { body: Parameters<typeof valueAt>[0] }) =>
  valueAt(answer.body, ['spec', 'template', 'spec', 'containers'])

describe('server-side apply', () => {
  test('creates, then changes nothing when it is sent again', async () => {
    const first = await applyAs(cluster, 'helm', `${CONFIGMAPS}/twice`, configMap('twice', { a: '1' }))
    const second = await applyAs(cluster, 'helm', `${CONFIGMAPS}/twice`, configMap('twice', { a: '1' }))
    expect([first.code, second.code]).toEqual([201, 200])
    expect(second.body).toEqual(first.body)
  })

  test('a field that its manager no longer applies goes; one of another manager stays', async () => {
    await applyAs(cluster, 'helm', `${CONFIGMAPS}/fields`, configMap('fields', { a: '1', b: '2' }))
    await applyAs(cluster, 'other', `${CONFIGMAPS}/fields`, configMap('fields', { c: '3' }))
    const { body } = await applyAs(cluster, 'helm', `${CONFIGMAPS}/fields`, configMap('fields', { a: '1' }))
    expect(body.data).toEqual({ a: '1', c: '3' })
  })

  test('another value for a foreign field is a conflict that names manager and field; force takes it over', async () => {
    await applyAs(cluster, 'helm', `${CONFIGMAPS}/fight`, configMap('fight', { a: '1' }))
    const refused = await applyAs(cluster, 'slipway', `${CONFIGMAPS}/fight`, configMap('fight', { a: '2' }))
    expect(refused.code).toBe(409)
    expect(refused.body).toMatchObject({
      kind: 'Status',
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "helm" using v1: .data.a',
      details: {
        causes: [
          { reason: 'FieldManagerConflict', message: 'conflict with "helm" using v1', field: '.data.a' },
        ],
      },
    })
    const forced = await applyAs(
      cluster,
      'slipway',
      `${CONFIGMAPS}/fight`,
      configMap('fight', { a: '2' }),
      '&force=true',
    )
    expect(forced.body.data).toEqual({ a: '2' })
    const again = await applyAs(cluster, 'helm', `${CONFIGMAPS}/fight`, configMap('fight', { a: '1' }))
    expect(again.body.message).toContain('conflict with "slipway"')
  })

  test('the same value in two managers is no conflict, and goes only with the last of them', async () => {
    await applyAs(cluster, 'one', `${CONFIGMAPS}/shared`, configMap('shared', { a: '1' }))
    await applyAs(cluster, 'two', `${CONFIGMAPS}/shared`, configMap('shared', { a: '1' }))
    const kept = await applyAs(cluster, 'one', `${CONFIGMAPS}/shared`, configMap('shared', {}))
    expect(kept.body.data).toEqual({ a: '1' })
    const gone = await applyAs(cluster, 'two', `${CONFIGMAPS}/shared`, configMap('shared', {}))
    expect(gone.body.data).toBeUndefined()
  })

  test('a hand edit makes a conflict for the next apply without force', async () => {
    await applyAs(cluster, 'helm', `${DEPLOYMENTS}/edited`, deployment('edited', 'app:1'))
    const type = 'application/merge-patch+json'
    await ask(cluster, 'PATCH', `${DEPLOYMENTS}/edited?fieldManager=kubectl-edit`, {
      body: { spec: { replicas: 3 } },
      type,
    })
    const refused = await applyAs(cluster, 'helm', `${DEPLOYMENTS}/edited`, deployment('edited', 'app:1'))
    expect(refused.body.message).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl-edit" using apps/v1: .spec.replicas',
    )
  })

  test('lists are merged by their keys: containers by name, ports by number and protocol', async () => {
    await applyAs(
      cluster,
      'helm',
      `${DEPLOYMENTS}/lists`,
      deployment('lists', 'app:1', { env: [{ name: 'A', value: '1' }] }),
    )
    const injected = deployment('lists', 'app:1', { env: [{ name: 'B', value: '2' }] })
    await applyAs(cluster, 'injector', `${DEPLOYMENTS}/lists`, injected)
    const both = await applyAs(cluster, 'helm', `${DEPLOYMENTS}/lists`, deployment('lists', 'app:1'))
    expect(containers(both)).toMatchObject([
      { name: 'main', ports: [{ containerPort: 80, protocol: 'TCP' }], env: [{ name: 'B', value: '2' }] },
    ])
  })

  test('what is removed goes with the defaults below it', async () => {
    const probe = { readinessProbe: { httpGet: { path: '/', port: 80 } } }
    const before = await applyAs(cluster, 'helm', `${DEPLOYMENTS}/probe`, deployment('probe', 'app:1', probe))
    expect(valueAt(before.body, ['spec', 'template', 'spec', 'containers'])).toMatchObject([
      { readinessProbe: { periodSeconds: 10 } },
    ])
    const after = await applyAs(cluster, 'helm', `${DEPLOYMENTS}/probe`, deployment('probe', 'app:1'))
    expect(JSON.stringify(containers(after))).not.toContain('readinessProbe')
  })

  test('a dry run answers what would be and changes nothing', async () => {
    const dry = await applyAs(
      cluster,
      'helm',
      `${CONFIGMAPS}/dry`,
      configMap('dry', { a: '1' }),
      '&dryRun=All',
    )
    expect([dry.code, dry.body.data]).toEqual([201, { a: '1' }])
    expect(cluster.get('ConfigMap', 'default', 'dry')).toBeUndefined()
    expect(cluster.audit.at(-1)).toMatchObject({ verb: 'patch', name: 'dry', dryRun: true, code: 201 })
  })

  test('nulls and empty maps are not kept, quantities are canonical', async () => {
    const resources = { resources: { requests: { cpu: '4000m', memory: '8192Mi' } } }
    const given = deployment('canonical', 'app:1', { ...resources, command: null, args: [] })
    const { body } = await applyAs(cluster, 'helm', `${DEPLOYMENTS}/canonical`, given)
    const [container] = [containers({ body })].flat()
    expect(container).toMatchObject({ resources: { requests: { cpu: '4', memory: '8Gi' } } })
    expect(container).not.toHaveProperty('command')
    expect(container).not.toHaveProperty('args')
  })
})
