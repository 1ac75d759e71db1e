import { describe, expect, test } from '@jest/globals'
import { fileIn, filesIn } from '../../src/helm/archive.ts'
import { readChart } from '../../src/helm/chart.ts'
import { archiveOf } from './charts.ts'

describe('archives', () => {
  test('give their files', async () => {
    const files = await filesIn(
      await archiveOf({ 'demo/Chart.yaml': 'name: demo', 'demo/a/b.txt': 'hello' }),
      'demo',
    )
    expect([...files.keys()]).toEqual(['demo/Chart.yaml', 'demo/a/b.txt'])
    expect(files.get('demo/a/b.txt')?.toString()).toBe('hello')
  })
  test.each([
    ['an absolute path', { '/etc/passwd': '' }, []],
    ['a path upwards', { 'demo/../../x': '' }, []],
    ['a link out', {}, [{ name: 'demo/x', type: 'symlink', linkname: '../../etc/passwd' }]],
    ['an absolute link', {}, [{ name: 'demo/x', type: 'symlink', linkname: '/etc/passwd' }]],
    ['a hard link out', {}, [{ name: 'demo/x', type: 'link', linkname: 'other/secret' }]],
  ] as const)('with %s are refused', async (_, files, odd) => {
    await expect(filesIn(await archiveOf(files, odd), 'demo')).rejects.toThrow(
      /refused: the (path|link) .* leaves/,
    )
  })
  test('may link inside themselves', async () => {
    const archive = await archiveOf({ 'demo/a': 'x' }, [
      { name: 'demo/sub/b', type: 'symlink', linkname: '../a' },
    ])
    expect([...(await filesIn(archive, 'demo')).keys()]).toEqual(['demo/a'])
  })
  test('that unpack to too much are refused', async () => {
    const bomb = await archiveOf({ 'demo/zeros': Buffer.alloc(101 * 1024 * 1024) })
    expect(bomb.length).toBeLessThan(1024 * 1024)
    await expect(filesIn(bomb, 'demo')).rejects.toThrow('unpacks to more than 100 MiB')
  })
  test('whose sum is known give one file, however big', async () => {
    const archive = await archiveOf({
      'linux-amd64/README.md': 'x',
      'linux-amd64/helm': Buffer.alloc(6 * 1024 * 1024, 7),
    })
    expect((await fileIn(archive, 'linux-amd64/helm')).equals(Buffer.alloc(6 * 1024 * 1024, 7))).toBe(true)
    await expect(fileIn(archive, 'darwin-arm64/helm')).rejects.toThrow('has no darwin-arm64/helm')
  })
  test('that are none are refused', async () => {
    await expect(filesIn(Buffer.from('hello'), 'demo')).rejects.toThrow('not a gzip archive')
  })
})

describe('charts', () => {
  test('bring the values of subcharts below their names and aliases', async () => {
    const packed = await archiveOf({
      'cache/Chart.yaml': 'name: cache\nversion: 2.0.0',
      'cache/values.yaml': 'size: 1',
      'cache/templates/x.yaml': '{{ (lookup "v1" "Secret" "a" "b") }}',
    })
    const chart = await readChart(
      await archiveOf({
        'demo/Chart.yaml':
          'name: demo\nversion: 1.0.0\nappVersion: "2"\ndependencies: [{name: cache, alias: fast}]',
        'demo/templates/x.yaml': 'kind: ConfigMap\nroleRef:\n  kind: Role\n---\nkind: "Job"\n',
        'demo/values.yaml': 'a: 1\nproxy: {image: other}\nempty: null',
        'demo/charts/proxy/Chart.yaml': 'name: proxy\nversion: 1.0.0',
        'demo/charts/proxy/values.yaml': 'image: nginx\nport: 80',
        'demo/charts/cache-2.0.0.tgz': packed,
      }),
      'demo',
    )
    expect(chart).toEqual({
      name: 'demo',
      version: '1.0.0',
      appVersion: '2',
      values: { proxy: { image: 'other', port: 80 }, fast: { size: 1 }, a: 1, empty: null },
      lookupTemplates: ['demo/charts/cache/templates/x.yaml'],
      varies: false,
      kinds: ['ConfigMap', 'Job'],
    })
  })

  test.each([
    ['{{ randAlphaNum 8 }}', true],
    ['{{- $cert := genSelfSignedCert "x" nil nil 365 }}', true],
    ['{{ $x := "}" | cat\n (htpasswd "a" "b") }}', true],
    ['{{ now | date "2006" }}', true],
    ['# You can now open {{ .Release.Name }}, generated a while ago', false],
    ['{{ .Values.now2 }}{{ .Values.generate }}', false],
  ])('%j may come out differently: %p', async (template, varies) => {
    const inside = { 'cache/Chart.yaml': 'name: cache\nversion: 1.0.0', 'cache/templates/x.yaml': template }
    const chart = await readChart(
      await archiveOf({
        'demo/Chart.yaml': 'name: demo\nversion: 1.0.0',
        'demo/charts/cache-1.0.0.tgz': await archiveOf(inside),
      }),
      'demo',
    )
    expect(chart.varies).toBe(varies)
  })
})
