import { mkdtemp, readdir, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { createHelmRenderer } from '../../src/helm/renderer.ts'
import { archiveOf, helmHere } from './charts.ts'

const helm = helmHere()

const templates = {
  'demo/Chart.yaml': 'apiVersion: v2\nname: demo\nversion: 1.0.0',
  'demo/values.yaml': 'replicas: 1\n',
  'demo/templates/a.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}}
data:
  kube: {{ .Capabilities.KubeVersion.Version | quote }}
  has: {{ .Capabilities.APIVersions.Has "example.com/v1/Thing" | quote }}
  upgrade: {{ .Release.IsUpgrade | quote }}
  revision: "{{ .Release.Revision }} {{ $.Release.Revision | add 1 }}"
  secret: {{ len (lookup "v1" "Secret" "" "") | quote }}
{{- if .Values.broken }}{{ fail "replicas must be 1" }}{{ end }}
`,
}

;(helm === undefined ? describe.skip : describe)('rendering', () => {
  const renderer = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-render-'))
    const path = join(folder, 'demo.tgz')
    await writeFile(path, await archiveOf(templates))
    const chart = {
      path,
      sha256: '',
      name: 'demo',
      version: '1.0.0',
      values: {},
      lookupTemplates: ['demo/templates/x.yaml'],
      varies: false,
      kinds: [],
    }
    const work = join(folder, 'work')
    const { render } = createHelmRenderer({ helm: async () => helm ?? '', folder: work })
    return { chart, render, work }
  }
  test('uses the version and the API list that it is given, and no cluster', async () => {
    const { chart, render, work } = await renderer()
    const { objects } = await render({
      chart,
      release: 'web',
      namespace: 'team',
      values: {},
      kubeVersion: 'v1.33.4-gke.1245000',
      apiVersions: ['v1', 'example.com/v1/Thing'],
      isUpgrade: true,
    })
    expect(objects).toEqual([
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'web', namespace: 'team' },
        data: { kube: 'v1.33.4-gke.1245000', has: 'true', upgrade: 'true', revision: '1 2', secret: '0' },
      },
    ])
    // What a run leaves stays in its own folder, for its owner alone, until the whole work folder goes.
    const [home = '', ...others] = await readdir(work)
    expect(others).toEqual([])
    expect((await stat(join(work, home))).mode & 0o777).toBe(0o700)
  })
  test('runs helm once for equal input, and anew when that is asked', async () => {
    const { chart, work } = await renderer()
    let started = 0
    const { render } = createHelmRenderer({
      helm: async () => {
        started++
        return helm ?? ''
      },
      folder: work,
    })
    const input = { chart, release: 'web', namespace: 'team', values: {}, isUpgrade: false }
    const [first, second] = await Promise.all([render(input), render({ ...input })])
    expect(second).toEqual(first)
    expect(started).toBe(1)
    await Promise.all([render({ ...input, time: 2 }), render({ ...input, namespace: 'other' })])
    expect(started).toBe(3)
  })
  test('is as of another revision the second time, for what depends on that to stand out', async () => {
    const { chart, render } = await renderer()
    const input = { chart, release: 'web', namespace: 'team', values: {}, isUpgrade: false }
    const [once, again] = await Promise.all([render(input), render({ ...input, time: 2 })])
    expect(once.objects).toMatchObject([{ data: { revision: '1 2', upgrade: 'false' } }])
    expect(again.objects).toMatchObject([{ data: { revision: '100000007 100000008', upgrade: 'false' } }])
  })
  test('says what the chart says', async () => {
    const { chart, render } = await renderer()
    const rendered = render({
      chart,
      release: 'web',
      namespace: 'team',
      values: { broken: true },
      isUpgrade: false,
    })
    await expect(rendered).rejects.toThrow(
      'Rendering chart demo 1.0.0 failed: replicas must be 1 (demo/templates/a.yaml:10)',
    )
  })
})
