import { describe, expect, test } from '@jest/globals'
import { valueAt } from '../../src/core/json.ts'
import { complaints, four, load } from './load.ts'

const resource = (text: string, address: string) => load(text).resources.find(one => one.address === address)

describe('null takes away what the preset says', () => {
  test('of a setting: it is not managed', () => {
    const spec = resource(
      `${four}database: {backups: {startTime: null}, finalBackupDays: null}\n`,
      'sql-instance/dev',
    )?.spec
    expect(valueAt(spec, ['backups'])).not.toHaveProperty('startTime')
    expect(valueAt(spec, ['backups', 'retained'])).toBe(7)
    expect(spec).not.toHaveProperty('finalBackupDays')
  })

  test('of a value of the chart: the chart’s own default holds', () => {
    const text = `${four}release: {values: {storage: {annotations: {helm.sh/resource-policy: null}}, apiService: {config: null}}}\n`
    const values = valueAt(resource(text, 'release/skypilot')?.spec, ['values'])
    expect(valueAt(values, ['storage', 'annotations'])).toEqual({})
    expect(valueAt(values, ['apiService', 'config'])).toBeNull()
  })

  test('of the address: then the balancer’s may change, and nobody asks the server', () => {
    const environment = load(`${four}addresses: {dev: null}\n`)
    const spec = environment.resources.find(({ kind }) => kind === 'release')?.spec
    expect(environment.resources.map(({ kind }) => kind)).not.toContain('address')
    expect(valueAt(spec, ['values'])).not.toHaveProperty('ingress-nginx')
    expect([environment.url, spec?.health]).toEqual([undefined, undefined])
  })

  test('of the Secret with the connection string: no version of it is written to the pod', () => {
    const text = `${four}namespaces: {skypilot: {secrets: {skypilot-db-connection-uri: null}}}\n`
    const environment = load(text)
    expect(environment.resources.map(({ address }) => address)).not.toContain(
      'kubernetes-secret/skypilot-db-connection-uri',
    )
    const spec = environment.resources.find(({ kind }) => kind === 'release')?.spec
    expect(valueAt(spec, ['values', 'apiService'])).not.toHaveProperty('annotations')
    expect(environment.notes).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('which this file does not make') }),
    )
  })

  test('but a key without a value is an oversight, and a section cannot go', () => {
    expect(complaints(`${four}database: {tier: }\n`)).toHaveLength(1)
    expect(complaints(`${four}database: null\n`)).toHaveLength(1)
  })
})

test('a login that lies in the cluster is neither made nor used to ask the server', () => {
  const environment = load(`${four}login: {kubernetesSecret: skypilot-basic-auth}\n`)
  const addresses = environment.resources.map(({ address }) => address)
  expect(addresses).not.toContain('secret/login')
  expect(addresses).not.toContain('kubernetes-secret/skypilot-login')
  const spec = environment.resources.find(({ kind }) => kind === 'release')?.spec
  expect(valueAt(spec, ['values', 'ingress', 'authSecret'])).toBe('skypilot-basic-auth')
  expect(spec?.health).toBeUndefined()
})
