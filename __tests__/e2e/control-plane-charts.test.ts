import { expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/core/json.ts'
import type { Plan } from '../../src/core/plan.ts'
import { fileOf } from './control-plane/files.ts'
import { fieldAt, paths, revisions, rolls } from './control-plane/looks.ts'
import { longest, onControlPlane, sideBySide } from './control-plane/suite.ts'
import { failuresOf, shown } from './control-plane/world.ts'

onControlPlane('charts of all sorts', world => {
  const oci = (way = ''): string => `${world().charts.replace('http:', 'oci:')}${way}/charts`

  /** A release of a sample chart under its own name. */
  const file = (chart: string, values: JsonObject = {}, more: Wanted = {}): string => {
    const { charts = world().charts, version = '1.0.0', name = chart, ...rest } = more
    return fileOf({ name, charts, chart, version, values, more: rest })
  }
  const config = (name: string, key = 'value') =>
    fieldAt(world(), paths.configMap(name.split('-')[0] ?? '', name), 'data', key)

  sideBySide({
    'a key that a chart makes once and looks up again stays, and the plan says why it cannot tell':
      async () => {
        const key = () => fieldAt(world(), '/api/v1/namespaces/looking/secrets/looking-key', 'data', 'key')
        const first = await world().settle(file('looking'))
        expect(notes(first)).toMatch(/looking looks objects up in the cluster while it renders/)
        const made = await key()
        expect(made).toMatch(/\w/)
        const plan = await world().settle(file('looking', { value: 'two' }))
        expect(shown(plan).join('\n')).toContain('annotations.value: "one" → "two"')
        expect(await key()).toBe(made)
        expect(await revisions(world(), 'looking', 'looking')).toEqual(['1 superseded', '2 deployed'])
      },
    'what a chart makes anew each time is no difference, but is announced with what it does': async () => {
      await world().settle(file('dicey'))
      const plan = await world().settle(file('dicey', { value: 'two' }))
      expect(notes(plan)).toMatch(/makes .*annotations\.rollme anew each time .*and so rolls its pods/)
      expect(await rolls(world(), 'dicey', 'dicey-server')).toBe(2)
      expect((await world().settle(file('dicey', { value: 'two' }))).steps).toEqual([])
      expect(await revisions(world(), 'dicey', 'dicey')).toEqual(['1 superseded', '2 deployed'])
    },
    'an object whose name a chart draws by lot makes no endless plan': async () => {
      const plan = await world().settle(file('named'))
      expect(notes(plan)).toMatch(/anew each time/)
      await world().settle(file('named', { value: 'two' }))
      expect((await world().settle(file('named', { value: 'two' }))).steps).toEqual([])
      expect(await world().plane.admin.items('/apis/batch/v1/namespaces/named/jobs')).toHaveLength(1)
    },
    'a chart that counts its revisions can be changed again and again': async () => {
      await world().settle(file('counting'))
      await world().settle(file('counting', { value: 'two' }))
      await world().settle(file('counting', { value: 'three' }))
      expect((await world().settle(file('counting', { value: 'three' }))).steps).toEqual([])
    },
    'an object that nobody may change is refused before the first write': async () => {
      await world().settle(file('fixed'))
      const next = file('fixed', { value: 'two' })
      const plan = await world().plan(next)
      const said = [
        ...plan.problems.map(({ message }) => message),
        ...failuresOf(await world().apply(next, plan)),
      ]
      expect(said.join('\n')).toMatch(/ConfigMap.*fixed-config.*immutable/)
      expect(await revisions(world(), 'fixed', 'fixed')).toEqual(['1 deployed'])
      expect(await config('fixed-config')).toBe('one')
    },
    'charts inside a chart, from a registry that asks for a token': async () => {
      const charts = oci('/guarded')
      await world().settle(file('umbrella', {}, { charts }))
      expect([await config('umbrella-twig'), await config('umbrella-branch')]).toEqual(['from above', 'leaf'])
      expect(await config('umbrella-branch', 'shared')).toBe('ours')
      const without = file('umbrella', { twig: { enabled: false }, branch: { value: 'new' } }, { charts })
      const lines = shown(await world().plan(without)).join('\n')
      expect(lines).toMatch(/ConfigMap\/umbrella\/umbrella-twig/)
      expect(lines).toMatch(/umbrella-branch\.data\.value: "leaf" → "new"/)
      await world().settle(without)
      expect([await config('umbrella-twig'), await config('umbrella-branch')]).toEqual([undefined, 'new'])
    },
    'a chart that is more than 1 MB on its way': async () => {
      const { headers } = await fetch(`${world().charts}/large-1.0.0.tgz`)
      expect(Number(headers.get('content-length'))).toBeGreaterThan(1024 * 1024)
      // Helm keeps it: what lies in the charts inside it is not in its record.
      await world().settle(file('large', {}, { charts: oci() }))
      expect(await revisions(world(), 'large', 'large')).toEqual(['1 deployed'])
      expect(await config('large-heavy')).toBe('leaf')
    },
    'a chart of 1 MB that helm cannot keep: said, and nothing is made': async () => {
      const text = file('bulky')
      const plan = await world().plan(text)
      expect(notes(plan)).toMatch(/one Secret of at most 1 MiB/)
      const said = failuresOf(await world().apply(text, plan)).join('\n')
      expect(said).toMatch(/1 MiB|1048576/)
      expect(await fieldAt(world(), paths.deployment('bulky', 'bulky-server'), 'kind')).toBeUndefined()
    },
    'an archive that is pinned by its sha256': async () => {
      const sha256 = world().sums['hooked-1.0.0'] ?? ''
      await world().settle(file('hooked', {}, { name: 'pinned', sha256 }))
      const other = await world().plan(file('hooked', {}, { name: 'pinned', sha256: 'a'.repeat(64) }))
      expect(problems(other)).toMatch(/is not the archive that is pinned/)
    },
  })

  test.each([
    [
      'another version than there is',
      '',
      '',
      '9.9.9',
      /has no version 9\.9\.9 of chart hooked/,
      /Versions there: 1\.0\.0/,
    ],
    [
      'a repository that is not there',
      '/absent',
      '',
      '1.0.0',
      /has no index\.yaml \(404\)/,
      /Check the repository/,
    ],
    [
      'other bytes than the index promises',
      '/altered',
      '',
      '1.0.0',
      /not the one that the index names/,
      /The index says sha256/,
    ],
    [
      'a tag that a registry does not have',
      '',
      'oci',
      '9.9.9',
      /hooked:9\.9\.9 failed with 404/,
      /Check the repository, chart and version/,
    ],
    [
      'a registry that lets nobody in',
      '/closed',
      'oci',
      '1.0.0',
      /hooked:1\.0\.0 failed with 401/,
      /without a login/,
    ],
    [
      'other bytes than the manifest names',
      '/altered',
      'oci',
      '1.0.0',
      /sent other bytes than its manifest names/,
      /Something between here and the registry changes them/,
    ],
    [
      'a manifest whose archive is gone',
      '/hollow',
      'oci',
      '1.0.0',
      /hooked@sha256:\w+ failed with 404: .*BLOB_UNKNOWN/,
      /has lost what its manifest names/,
    ],
    [
      'an index whose archive is gone',
      '/hollow',
      '',
      '1.0.0',
      /hooked-1\.0\.0\.tgz failed with 404/,
      /does not have what its index names/,
    ],
    [
      'a repository that wants a password',
      '/locked',
      '',
      '1.0.0',
      /lets nobody read its index\.yaml \(401\)/,
      /without a login/,
    ],
    [
      'a registry that wants a password',
      '/locked',
      'oci',
      '1.0.0',
      /hooked:1\.0\.0 failed with 401/,
      /without a login/,
    ],
    [
      'a registry that gives a token and lets nobody in with it',
      '/denied',
      'oci',
      '1.0.0',
      /hooked:1\.0\.0 failed with 403: .*DENIED/,
      /without a login/,
    ],
  ])(
    'said at plan time: %s',
    async (_, way, kind, version, message, advice) => {
      const charts = kind === 'oci' ? oci(way) : `${world().charts}${way}`
      const { problems: found, steps } = await world().plan(
        file('hooked', {}, { charts, version, name: 'unfound' }),
      )
      expect(steps.filter(({ changes }) => changes.length > 0)).toEqual([])
      expect(found.map(problem => problem.message).join('\n')).toMatch(message)
      expect(found.map(problem => problem.advice ?? '').join('\n')).toMatch(advice)
      expect(found[0]?.position).toMatchObject({ file: expect.any(String), line: expect.any(Number) })
    },
    longest,
  )
})

interface Wanted {
  readonly charts?: string
  readonly version?: string
  readonly name?: string
  readonly sha256?: string
}

const notes = (plan: Plan): string => plan.notes.map(({ message }) => message).join('\n')

const problems = (plan: Plan): string => plan.problems.map(({ message }) => message).join('\n')
