import { describe, expect, test } from '@jest/globals'
import { parseYaml } from '../../src/helm/documents.ts'
import { sortedManifest } from '../../src/helm/manifest.ts'
import { cleaned } from '../../src/helm/message.ts'
import { isPrivate } from '../../src/helm/private.ts'
import { clusterScoped } from '../../src/helm/scopes.ts'
import { builtIn } from '../../src/kubernetes/resources.ts'

describe('YAML', () => {
  test('is read the way Kubernetes reads it', () => {
    const [first] = parseYaml(
      'a: yes\nb: off\nc: "no"\nd: 0755\ne: 12:30:45\nf: 2026-01-02\ng: 1_000\nh: 1.0\ni: ~',
      'x',
    )
    expect(first?.object).toEqual({
      a: true,
      b: false,
      c: 'no',
      d: 493,
      e: '12:30:45',
      f: '2026-01-02',
      g: 1000,
      h: 1,
      i: null,
    })
  })
  test('that is broken says what it is', () => {
    expect(() => parseYaml('a: [1', 'what demo renders to')).toThrow(
      /what demo renders to is not valid YAML: /,
    )
  })
})

const manifest = `---
# Source: demo/crds/things.yaml
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec: {scope: Cluster, group: example.com, names: {kind: Thing}}
---
# Source: demo/templates/empty.yaml
# only a comment
---
# Source: demo/templates/list.yaml
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
- {apiVersion: v1, kind: Namespace, metadata: {name: b, namespace: wrong}}
---
# Source: demo/templates/others.yaml
apiVersion: example.com/v1
kind: Thing
metadata: {name: c, namespace: demo}
---
apiVersion: batch/v1
kind: Job
metadata: {name: d, annotations: {helm.sh/hook: pre-install}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: e, namespace: other}
`

describe('manifests', () => {
  test('are sorted into objects, hooks and definitions, with namespaces as helm would send them', () => {
    const { objects, lookedUp, hooks, crds } = sortedManifest(manifest, 'demo', 'x', [
      'demo/templates/list.yaml',
    ])
    const shown = objects.map(({ kind, metadata }) => ({ kind, metadata }))
    expect(shown).toEqual([
      { kind: 'ConfigMap', metadata: { name: 'a', namespace: 'demo' } },
      { kind: 'Namespace', metadata: { name: 'b' } },
      { kind: 'Thing', metadata: { name: 'c' } },
      { kind: 'ConfigMap', metadata: { name: 'e', namespace: 'other' } },
    ])
    expect([hooks.length, crds.length]).toEqual([1, 1])
    expect(lookedUp.map(({ kind }) => kind)).toEqual(['ConfigMap', 'Namespace'])
  })
  test('both tables of scopes agree', () => {
    for (const { kind, namespaced } of builtIn)
      expect([kind, clusterScoped.has(kind)]).toEqual([kind, !namespaced])
  })
})

describe('messages', () => {
  test.each([
    [
      'Error: execution error at (demo/templates/a.yaml:12:4): config and db are both set\n\nUse --debug flag to render out invalid YAML',
      'config and db are both set (demo/templates/a.yaml:12)',
    ],
    ['level=WARN msg="x"\nError: INSTALLATION FAILED: boom', 'INSTALLATION FAILED: boom'],
    [
      'Error: UPGRADE FAILED: execution error at (demo/templates/a.yaml:3:4): two\nlines',
      'two\nlines (demo/templates/a.yaml:3)',
    ],
  ])('keep the words of the chart: %j', (stderr, words) => {
    expect(cleaned(stderr)).toBe(words)
  })
})

describe('addresses', () => {
  test.each([
    ['10.1.2.3', true],
    ['172.20.0.1', true],
    ['192.168.1.1', true],
    ['169.254.169.254', true],
    ['127.0.0.1', true],
    ['[::1]', true],
    ['fd00::1', true],
    ['::ffff:10.0.0.1', true],
    ['8.8.8.8', false],
    ['2001:4860::8888', false],
    ['example.com', false],
  ])('%s is private: %s', (address, expected) => {
    expect(isPrivate(address)).toBe(expected)
  })
})
