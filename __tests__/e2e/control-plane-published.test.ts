import { readdirSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { compare } from 'semver'
import type { JsonObject } from '../../src/core/json.ts'
import { fileOf } from './control-plane/files.ts'
import { installByHelm3 } from './control-plane/helm3.ts'
import { fieldAt, paths, revisions, serving } from './control-plane/looks.ts'
import { longest, onControlPlane } from './control-plane/suite.ts'
import { shown } from './control-plane/world.ts'

const time = longest

/** A folder with published archives, `skypilot-0.13.0.tgz` and others; they are not part of this repository. */
const folder = process.env.SLIPWAY_CHARTS

const versions = (folder === undefined ? [] : readdirSync(folder))
  .flatMap(name => /^skypilot-(\d+\.\d+\.\d+)\.tgz$/.exec(name)?.[1] ?? [])
  .toSorted(compare)
const [older, newer] = versions.slice(-2)

if (older === undefined || newer === undefined) {
  process.stderr.write(
    'SKIPPED: the published chart, which is not part of this repository: SLIPWAY_CHARTS names no folder with two of its archives, skypilot-VERSION.tgz from https://helm.skypilot.co\n',
  )
  test.skip('the published SkyPilot chart', () => undefined)
} else {
  onControlPlane(
    `the published SkyPilot chart, ${older} and ${newer}`,
    world => {
      const file = (version: string, values: JsonObject = {}): string =>
        [
          'name: staging',
          'app: skypilot',
          'project: acme-ml',
          'location: us-central1',
          'state: cloudsql',
          'releases:',
          `  skypilot: ${JSON.stringify({ repository: world().charts, version, values })}`,
          '',
        ].join('\n')
      const server = ['skypilot', 'skypilot-api-server'] as const

      test(
        'is made from nothing and leaves an empty plan',
        async () => {
          await world().settle(file(older))
          expect(await serving(world(), ...server)).toBe(1)
        },
        time,
      )

      test(
        'has nothing to do the second time, and makes no revision',
        async () => {
          expect(shown(await world().settle(file(older)))).toEqual([])
          expect(await revisions(world(), 'skypilot', 'skypilot')).toEqual(['1 deployed'])
        },
        time,
      )

      test(
        'is upgraded, and leaves an empty plan',
        async () => {
          await world().settle(file(newer))
          const images = await fieldAt(
            world(),
            paths.deployment(...server),
            'spec',
            'template',
            'spec',
            'containers',
          )
          expect(JSON.stringify(images)).toContain(`:${newer}`)
        },
        time,
      )

      test(
        'what a hand edited is put right',
        async () => {
          await world().plane.admin.merge(paths.deployment(...server), { spec: { replicas: 3 } })
          expect(shown(await world().plan(file(newer))).join('\n')).toContain('spec.replicas: 3 → 1')
          await world().settle(file(newer))
          expect(await fieldAt(world(), paths.deployment(...server), 'spec', 'replicas')).toBe(1)
        },
        time,
      )
    },
    { folder },
  )

  onControlPlane(
    `the published SkyPilot chart ${newer}, installed with Helm 3 before there was Slipway`,
    world => {
      test(
        'is adopted, and nothing differs but the mark',
        async () => {
          const values = { ingress: { enabled: false } }
          await installByHelm3(world(), { release: 'skypilot', chart: `skypilot-${newer}`, values })
          await world().plane.admin.create('/api/v1/namespaces/skypilot/secrets', {
            metadata: { name: 'theirs' },
            stringData: { key: 'wh4t-p30pl3-k33p-b3s1d3-c4n4ry' },
          })
          const text = fileOf({ name: 'skypilot', charts: world().charts, version: newer, values })
          expect(shown(await world().settle(text))).toEqual([
            'adopt namespace/skypilot',
            expect.stringContaining('mark'),
            'adopt release/skypilot',
            expect.stringContaining('mark'),
          ])
          expect(await revisions(world(), 'skypilot', 'skypilot')).toEqual(['1 deployed'])
        },
        time,
      )
    },
    { folder },
  )
}
