import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { JsonObject } from '../../src/core/json.ts'
import { effectOf, ruleFor } from '../../src/core/rules.ts'
import { comparable } from '../../src/kinds/release/comparable.ts'
import { keyOf, partsOf } from '../../src/kinds/release/keys.ts'
import { hidden, masked } from '../../src/kinds/release/mask.ts'
import { ownedByHelm, withOwned } from '../../src/kinds/release/owned.ts'
import { createPlaceholders } from '../../src/kinds/release/placeholders.ts'
import { differences, projected, without } from '../../src/kinds/release/project.ts'
import { canonicalQuantity } from '../../src/kinds/release/quantity.ts'
import { releaseRules } from '../../src/kinds/release/rules.ts'

describe('quantities', () => {
  test.each([
    ['1000m', '1'],
    ['0.5', '500m'],
    ['1500m', '1500m'],
    [4, '4'],
    ['4000', '4k'],
    ['2048Mi', '2Gi'],
    ['1.5Gi', '1536Mi'],
    ['1000Mi', '1000Mi'],
    ['0', '0'],
    ['0Gi', '0'],
    ['8Gi', '8Gi'],
    ['-1000m', '-1'],
    ['many', 'many'],
    ['1e3', '1e3'],
  ])('%j is %j', (value, expected) => {
    expect(canonicalQuantity(value)).toBe(expected)
  })
  test('stay as they are when they are canonical', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('', 'm', 'k', 'M', 'Ki', 'Mi', 'Gi'), (amount, unit) => {
        const once = canonicalQuantity(`${amount}${unit}`)
        expect(canonicalQuantity(once)).toBe(once)
      }),
    )
  })
})

describe('objects in comparable form', () => {
  const deployment = (spec: JsonObject, metadata: JsonObject = {}): JsonObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'a', namespace: 'b', ...metadata },
    spec,
  })
  test('lose what Helm and Kubernetes keep for themselves', () => {
    const live = deployment(
      { replicas: 1 },
      {
        uid: 'x',
        resourceVersion: '1',
        managedFields: [],
        labels: { 'app.kubernetes.io/managed-by': 'Helm', a: 'b' },
        annotations: {
          'meta.helm.sh/release-name': 'r',
          'deployment.kubernetes.io/revision': '3',
          'kubectl.kubernetes.io/last-applied-configuration': '{}',
        },
      },
    )
    expect(comparable({ ...live, status: { replicas: 1 } })).toEqual({
      apiVersion: 'apps/v1',
      metadata: { labels: { a: 'b' } },
      spec: { replicas: 1 },
    })
  })
  test('have maps for lists with keys, and lists for the others', () => {
    const container = {
      name: 'c',
      image: 'i',
      args: ['b', 'a'],
      env: [{ name: 'X', value: '1' }],
      ports: [{ containerPort: 80, name: 'http' }],
      volumeMounts: [{ name: 'v', mountPath: '/x' }],
      resources: { limits: { cpu: '2000m', memory: '1024Mi' } },
    }
    const { spec } = comparable(
      deployment({ template: { spec: { containers: [container], volumes: [{ name: 'v', emptyDir: {} }] } } }),
    )
    expect(spec).toEqual({
      template: {
        spec: {
          containers: {
            c: {
              image: 'i',
              args: ['b', 'a'],
              env: { X: { value: '1' } },
              ports: { '80/TCP': { name: 'http' } },
              volumeMounts: { '/x': { name: 'v' } },
              resources: { limits: { cpu: '2', memory: '1Gi' } },
            },
          },
          volumes: { v: {} },
        },
      },
    })
  })
  test('keep the lists of kinds that they do not know, and lists whose keys are not unique', () => {
    const ports = [
      { port: 1, name: 'a' },
      { port: 1, name: 'b' },
    ]
    expect(comparable({ apiVersion: 'v1', kind: 'Service', metadata: {}, spec: { ports } }).spec).toEqual({
      ports,
    })
    const custom = {
      apiVersion: 'example.com/v1',
      kind: 'Thing',
      metadata: {},
      spec: { env: [{ name: 'a', value: 1 }], empty: [] },
    }
    expect(comparable(custom).spec).toEqual({ env: [{ name: 'a', value: 1 }] })
  })
  test('show of a Secret the names of its keys only', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', annotations: { a: 'canary' } },
      data: { b: 'canary' },
      stringData: { a: 'canary' },
    }
    expect(comparable(secret)).toEqual({ apiVersion: 'v1', keys: ['a', 'b'] })
  })
  test('are named by kind, place and name, with the group where that is needed', () => {
    const named = (apiVersion: string, kind: string, metadata: JsonObject) =>
      keyOf({ apiVersion, kind, metadata })
    expect(named('apps/v1', 'Deployment', { namespace: 'n', name: 'a' })).toBe('Deployment/n/a')
    expect(named('rbac.authorization.k8s.io/v1', 'ClusterRole', { name: 'x:y' })).toBe('ClusterRole/x:y')
    expect(named('example.com/v1', 'Service', { namespace: 'n', name: 'a' })).toBe('Service.example.com/n/a')
    expect(named('example.com/v1', 'Thing', { namespace: 'n', name: 'a' })).toBe('Thing/n/a')
    expect(partsOf('Service.example.com/n/a')).toEqual({ kind: 'Service', namespace: 'n', name: 'a' })
  })
})

describe('masking', () => {
  test('finds secrets by name, in texts, URLs and arguments', () => {
    const found = masked({
      data: { DB_PASSWORD: 'canary', 'app.yaml': 'user: me\npassword: canary\ntoken = "canary"\nname: x' },
      env: { API_TOKEN: { value: 'canary' }, MODE: { value: 'fast' } },
      args: ['--password=canary', '--port=1', 'postgres://u:canary@h/d'],
    })
    expect(JSON.stringify(found)).not.toContain('canary')
    expect(found).toMatchObject({
      data: { DB_PASSWORD: hidden, 'app.yaml': `user: me\npassword: ${hidden}\ntoken = ${hidden}\nname: x` },
      env: { MODE: { value: 'fast' } },
      args: [`--password=${hidden}`, '--port=1', `postgres://u:${hidden}@h/d`],
    })
  })
  test('leaves names of secrets and switches alone', () => {
    const plain = {
      secretName: 'web-login',
      automountServiceAccountToken: true,
      valueFrom: { secretKeyRef: { name: 'a', key: 'password' } },
      authSecret: 'x',
    }
    expect(masked(plain)).toEqual(plain)
  })
})

describe('a live object in terms of a declared one', () => {
  test('has declared fields only, zeros that the server drops, and members with defaults', () => {
    const declared = { replicas: 1, minReadySeconds: 0, paused: false, rules: [{ path: '/' }], gone: 'x' }
    const live = { replicas: 2, strategy: 'x', rules: [{ path: '/', pathType: 'Prefix' }] }
    expect(projected(live, declared)).toEqual({
      replicas: 2,
      minReadySeconds: 0,
      paused: false,
      rules: [{ path: '/' }],
    })
  })
  test('shows lists that differ as they are', () => {
    expect(projected({ a: [{ x: 1, d: 0 }] }, { a: [{ x: 2 }] })).toEqual({ a: [{ x: 1 }] })
    expect(projected({ a: [1, 2] }, { a: [1] })).toEqual({ a: [1, 2] })
  })
  test('of itself is itself, and nothing differs', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), value => {
        const plain = JSON.parse(JSON.stringify(value)) as JsonObject
        const clean = JSON.parse(JSON.stringify(plain, (_, one) => (one === null ? 1 : one))) as JsonObject
        expect(differences(projected(clean, clean), clean)).toEqual([])
      }),
    )
  })
  test('can lose what is at a path', () => {
    expect(without({ a: { b: 1, c: 2 } }, ['a', 'b'])).toEqual({ a: { c: 2 } })
    expect(without({ a: 1 }, ['x', 'y'])).toEqual({ a: 1 })
  })
})

describe('fields that helm owns', () => {
  const live: JsonObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'a',
      namespace: 'b',
      managedFields: [
        {
          manager: 'helm',
          fieldsV1: {
            'f:spec': {
              'f:old': {},
              'f:template': {
                'f:spec': {
                  'f:containers': {
                    'k:{"name":"c"}': {
                      '.': {},
                      'f:name': {},
                      'f:env': { 'k:{"name":"IP"}': { '.': {}, 'f:valueFrom': { 'f:fieldRef': {} } } },
                    },
                  },
                },
              },
            },
          },
        },
        { manager: 'kubectl', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
        { manager: 'helm', subresource: 'status', fieldsV1: { 'f:status': {} } },
      ],
    },
    spec: {
      replicas: 3,
      old: 'x',
      template: {
        spec: {
          containers: [
            {
              name: 'c',
              image: 'i',
              env: [{ name: 'IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'p' } } }],
            },
          ],
        },
      },
    },
  }
  test('are found through lists with keys; a struct owned as a whole shows what was declared of it', () => {
    const owned = comparable(ownedByHelm(live))
    const shown = {
      spec: {
        template: {
          spec: { containers: { c: { env: { IP: { valueFrom: { fieldRef: { fieldPath: 'p' } } } } } } },
        },
      },
    }
    expect(withOwned(shown, owned)).toEqual({ apiVersion: 'apps/v1', spec: { ...shown.spec, old: 'x' } })
    expect(JSON.stringify(withOwned({}, owned))).not.toContain('$atomic')
  })
})

describe('placeholders', () => {
  const lookUp = (_: string, output: string) => ({ address: '192.0.2.1', version: '1' })[output]
  test('are unique for each reference and come back as references', () => {
    const placeholders = createPlaceholders(lookUp)
    const values: JsonObject = {
      a: { $ref: 'address/one#address' },
      b: { $ref: 'address/two#address' },
      c: { $text: ['at ', { $ref: 'address/one#address' }, ' and ', { $ref: 'secret/x#version' }] },
    }
    const filled = placeholders.fill(values)
    expect(filled).toEqual({
      a: '192.0.2.1',
      b: '192.0.2.2',
      c: 'at 192.0.2.1 and slipway-version-of-secret-x',
    })
    expect(placeholders.restore(filled)).toEqual(values)
    expect(placeholders.restore({ list: ['192.0.2.1', 'http://192.0.2.2/', '192.0.2.10', 'v1'] })).toEqual({
      list: [
        { $ref: 'address/one#address' },
        { $text: ['http://', { $ref: 'address/two#address' }, '/'] },
        '192.0.2.10',
        'v1',
      ],
    })
  })
  test('of outputs that do not exist are an error', () => {
    expect(() => createPlaceholders(lookUp).fill({ $ref: 'address/one#port' })).toThrow(
      'refer to port of address/one',
    )
  })
})

describe('effects', () => {
  const effect = (path: readonly string[], from: unknown, to: unknown) => {
    const rule = ruleFor(releaseRules, path)
    return rule === undefined ? 'none' : effectOf(rule, from as never, to as never).effect
  }
  test.each([
    ['objects/Deployment|n|a/spec/template/spec/containers/c/image', 'a:1', 'a:2', 'restart'],
    ['objects/Deployment|n|a/spec/replicas', 1, 2, 'in-place'],
    ['objects/Deployment|n|a/spec/selector/matchLabels/app', 'a', 'b', 'refused'],
    ['objects/StatefulSet|n|a/spec/serviceName', 'a', 'b', 'refused'],
    ['objects/StatefulSet|n|a/spec/template/spec/x', 'a', 'b', 'restart'],
    ['objects/StatefulSet|n|a/spec/replicas', 1, 2, 'in-place'],
    ['objects/Job|n|a/spec/template/spec/x', 'a', 'b', 'refused'],
    ['objects/PersistentVolumeClaim|n|a/spec/resources/requests/storage', '10Gi', '20Gi', 'in-place'],
    ['objects/PersistentVolumeClaim|n|a/spec/resources/requests/storage', '20Gi', '10Gi', 'refused'],
    ['objects/PersistentVolumeClaim|n|a/spec/storageClassName', 'a', 'b', 'refused'],
    ['objects/PersistentVolumeClaim|n|a', {}, undefined, 'refused'],
    ['objects/PersistentVolumeClaim|n|a', undefined, {}, 'in-place'],
    ['objects/Namespace|a', {}, undefined, 'refused'],
    ['objects/Service|n|a/spec/clusterIP', 'a', 'b', 'refused'],
    ['objects/RoleBinding|n|a/roleRef/name', 'a', 'b', 'refused'],
    ['objects/ConfigMap|n|a', {}, undefined, 'remove'],
    ['objects/ConfigMap|n|a/data/x', 'a', 'b', 'in-place'],
    ['chart/version', '0.12.3', '0.13.0', 'in-place'],
    ['chart/version', '0.13.0', '0.12.3', 'refused'],
    ['chart/name', 'a', 'b', 'refused'],
  ])('of %s from %j to %j: %s', (path, from, to, expected) => {
    expect(
      effect(
        path.split('/').map(part => part.replaceAll('|', '/')),
        from,
        to,
      ),
    ).toBe(expected)
  })
  test('are said with a way out where they are refused', () => {
    for (const { path, change, cases } of releaseRules)
      for (const one of [change, ...Object.values(cases ?? {})])
        if (one.effect === 'refused') expect([path, one.words !== undefined]).toEqual([path, true])
  })
})
