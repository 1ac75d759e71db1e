import { describe, expect, test } from '@jest/globals'
import { valueAt } from '../../src/core/json.ts'
import { four, load } from './load.ts'

const specOf = (text: string, address: string) =>
  load(text).resources.find(one => one.address === address)?.spec

describe('overriding what the preset says', () => {
  test('every value knows whether the file or the preset said it', () => {
    const { resources } = load(`${four}database:\n  tier: db-custom-4-15360\n`)
    const sources = resources.find(({ kind }) => kind === 'sql-instance')?.sources ?? {}
    expect(sources.tier).toEqual({ file: 'e/dev.yaml', line: 6, column: 9 })
    expect(sources.availability).toEqual({ preset: 'skypilot' })
    expect(sources['']).toEqual({ file: 'e/dev.yaml', line: 5, column: 1 })
    expect(resources.find(({ kind }) => kind === 'address')?.sources['']).toEqual({ preset: 'skypilot' })
  })

  test('a value of the chart that the preset sets too is a note with its line', () => {
    const { notes } = load(
      `${four}release:\n  values:\n    storage: {size: 20Gi}\n    extraInitContainers: []\n`,
    )
    expect(notes.filter(({ message }) => message.includes('overridden'))).toEqual([
      {
        level: 'info',
        message: 'extraInitContainers is overridden: the preset sets it too.',
        source: { file: 'e/dev.yaml', line: 8, column: 5 },
        address: 'release/skypilot',
      },
    ])
  })

  test('a name given at the thing itself is followed by all that use it', () => {
    const text = `${four}serviceAccounts: {skypilot: {id: my-server}, nodes: {id: my-nodes}}\nsecrets: {login: {name: my-login}}\n`
    expect(valueAt(specOf(text, 'node-pool/default'), ['serviceAccount'])).toBe(
      'my-nodes@acme-ml.iam.gserviceaccount.com',
    )
    expect(valueAt(specOf(text, 'sql-user/skypilot'), ['name'])).toBe('my-server@acme-ml.iam')
    expect(valueAt(specOf(text, 'kubernetes-secret/skypilot-login'), ['data', 'auth', 'secret'])).toBe(
      'my-login',
    )
  })

  test('a password with letters that a URL gives a meaning stays out of the template', () => {
    const text = `${four}database: {auth: password}\nnames: {user: "sky/pilot", database: "a?b"}\n`
    const data = valueAt(specOf(text, 'kubernetes-secret/skypilot-db-connection-uri'), [
      'data',
      'connection_string',
    ])
    expect(data).toHaveProperty('template', 'postgresql://sky%2Fpilot:{password}@127.0.0.1/a%3Fb')
  })

  test.each([
    ['1.0.0-dev.20260808', '1.0.0.dev20260808'],
    ['0.13.0', '0.13.0'],
    ['0.12.3+post.1', undefined],
  ])('the server of chart %s calls itself %s', (version, expected) => {
    const spec = specOf(`${four}release: {version: ${version}}\n`, 'release/skypilot')
    expect(valueAt(spec, ['health', 'expect', 'version'])).toBe(expected)
  })

  test('where nobody can come in there is no address to ask', () => {
    const environment = load(`${four}release: {values: {ingress: {enabled: false}}}\n`)
    expect(environment.url).toBeUndefined()
    expect(
      valueAt(environment.resources.find(({ kind }) => kind === 'release')?.spec, ['health']),
    ).toBeUndefined()
    expect(environment.notes.some(({ message }) => message.includes('plain HTTP'))).toBe(false)
  })

  test('TLS ends the warning', () => {
    const environment = load(
      `${four}release: {values: {ingress: {host: sky.acme.com, tls: {enabled: true}}}}\n`,
    )
    expect(environment.url).toBe('https://sky.acme.com')
    expect(environment.notes.some(({ message }) => message.includes('plain HTTP'))).toBe(false)
  })

  test('nobody who applies: nobody is granted anything, and a warning says so', () => {
    const environment = load(four, 'e/dev.yaml', {})
    expect(environment.resources.some(({ spec }) => spec.role === 'roles/iam.serviceAccountUser')).toBe(false)
    expect(environment.notes).toContainEqual(
      expect.objectContaining({ level: 'warning', address: 'service-account/nodes' }),
    )
  })
})
