import { expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/core/json.ts'
import { type Merged, type Proposed, startActionWorld } from './control-plane/action.ts'
import { fileOf, over, small } from './control-plane/files.ts'
import { deadWebhook, webhooks } from './control-plane/hands.ts'
import { revisions, serving } from './control-plane/looks.ts'
import { longest, onPlane } from './control-plane/suite.ts'

const environments = ['hooked', 'thrifty', 'guarded', 'pulled', 'classless'] as const
type Name = (typeof environments)[number]

onPlane(
  'what goes wrong in a cluster, through the bundled action',
  () => startActionWorld({ environments, webhooks: true }),
  world => {
    // Long enough that nothing here is ever named by helm's own time-out.
    const more = { timeoutMinutes: 60 }
    const server = (name: Name, values: JsonObject = {}): string =>
      fileOf({ name, charts: world().charts, values: over(small, values), more })
    const tiny = (name: Name, values: JsonObject = {}): string =>
      fileOf({ name, charts: world().charts, chart: 'hooked', version: '1.0.0', values, more })
    const quiet = { apiService: { logs: { retention: { enabled: false } } } }
    const cpus = { requests: { cpu: '8', memory: '8Gi' }, limits: { cpu: '8', memory: '8Gi' } }
    const good = () => ({
      hooked: tiny('hooked'),
      thrifty: server('thrifty', quiet),
      guarded: tiny('guarded'),
      pulled: server('pulled'),
    })
    const bad = () => ({
      hooked: tiny('hooked', { image: 'example.com/failing:1', value: 'two' }),
      thrifty: server('thrifty', over(quiet, { apiService: { resources: cpus } })),
      guarded: tiny('guarded', { value: 'two' }),
      pulled: server('pulled', { apiService: { image: 'example.com/unpullable:1' } }),
      classless: server('classless'),
    })

    const quotas = '/api/v1/namespaces/thrifty/resourcequotas'
    const setDefaultClass = (value: string) =>
      world().plane.admin.merge('/apis/storage.k8s.io/v1/storageclasses/standard-rwo', {
        metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': value } },
      })
    const breakThings = async () => {
      const { admin } = world().plane
      await admin.create(quotas, { metadata: { name: 'team' }, spec: { hard: { 'requests.cpu': '6' } } })
      await admin.create(webhooks, await deadWebhook('guarded'))
      await setDefaultClass('false')
    }
    const mendThings = async () => {
      const { admin } = world().plane
      await admin.remove(`${quotas}/team`)
      await admin.remove(`${webhooks}/guarded`)
      await setDefaultClass('true')
    }
    const propose = async (texts: Readonly<Record<string, string>>): Promise<Proposed> => {
      const proposed = await world().propose(texts)
      expect([proposed.planned.conclusion, proposed.planned.problems]).toEqual(['success', []])
      return proposed
    }
    const ends = ({ applies }: Merged) => applies.map(({ conclusion }) => conclusion)
    const all = (conclusion: string, count: number) => Array.from({ length: count }, () => conclusion)

    test(
      'one pull request brings four environments, and its merge applies them side by side',
      async () => {
        const { number, comment } = await propose(good())
        expect(comment).toContain('### Plan for 4 environments: 8 to create. Nothing that exists is changed.')
        const merged = await world().merge(number)
        expect(ends(merged)).toEqual(all('success', 4))
        for (const name of Object.keys(good()))
          expect(merged.comment).toContain(`### Applied to \`${name}\`: 2 steps in`)
      },
      longest,
    )

    let broken: Merged | undefined
    test(
      'one breaks them all: every job fails, and no failure keeps another environment from being tried',
      async () => {
        const { number, comment } = await propose(bad())
        expect(comment).toContain('**4 of them interrupt people**')
        await breakThings()
        broken = await world().merge(number)
        await mendThings()
        expect(ends(broken)).toEqual(all('failure', 5))
        expect(broken.report?.conclusion).toBe('success')
      },
      longest,
    )

    const back =
      /\. Revision 1 serves again: the new version never came up\. \*\*What to do:\*\* Fix the cause/
    test.each<readonly [Name, string, number, readonly RegExp[]]>([
      [
        'hooked',
        'a hook that fails',
        1,
        [
          /container migrate of Pod\/hooked-migrate-\S+ ended with exit code 3, 3 times so far: the hook/,
          back,
        ],
      ],
      [
        'thrifty',
        'a quota that is used up',
        1,
        [
          /ReplicaSet\/thrifty-api-server-\S+: a quota of the namespace is used up: .*exceeded quota: team/,
          back,
        ],
      ],
      [
        'pulled',
        'an image that cannot be pulled',
        1,
        [/container skypilot-api of Pod\/\S+: its image cannot be pulled .*example\.com\/unpullable:1/, back],
      ],
      [
        'guarded',
        'a webhook that is down, before the first write',
        1,
        [
          /the cluster would refuse Deployment guarded-server: .*failed calling webhook "policy\.example\.com"/,
          /\*\*What to do:\*\* Nothing was written\. The server behind that admission webhook does not answer/,
        ],
      ],
      [
        'classless',
        'a claim without a storage class',
        0,
        [
          /PersistentVolumeClaim\/classless-state gets no disk: .*no storage class is set\. It is the first/,
          /what was made stays, and nothing served before\. \*\*What to do:\*\* Fix the cause/,
        ],
      ],
    ])('%s: the comment names %s, and what serves goes on serving', async (name, _, pods, patterns) => {
      const said = outcomeOf(broken, name)
      expect(said).toMatch(
        new RegExp(`### \\*\\*Not applied whole: \`${name}\`\\.\\*\\* .*\`release/${name}\` failed\\.`),
      )
      for (const pattern of patterns) expect(said).toMatch(pattern)
      expect(said).not.toMatch(/timed out|deadline exceeded|not ready after|context canceled/i)
      expect(said).not.toContain('nothing left to do')
      const job = broken?.applies.find(({ log }) => log.includes(`release/${name}`))
      expect(job?.annotations).toEqual([
        expect.objectContaining({ file: `environments/${name}.yaml`, title: `release/${name}` }),
        expect.objectContaining({
          message: `${name} is not applied whole; running this again goes on with it.`,
        }),
      ])
      const deployment = name === 'hooked' || name === 'guarded' ? `${name}-server` : `${name}-api-server`
      if (pods > 0) expect(await serving(world(), name, deployment)).toBe(pods)
    })

    test(
      'a revert says that nothing is to do, and its merge brings what was only hindered to its end',
      async () => {
        const { hooked, thrifty, pulled } = good()
        const { number, comment } = await propose({ hooked, thrifty, pulled })
        expect(comment).toContain('### Plan for `hooked`, `pulled` and `thrifty`: nothing to do.')
        expect(comment).not.toMatch(/pending/i)
        const merged = await world().merge(number)
        expect(ends(merged)).toEqual(all('success', 5))
        for (const name of ['hooked', 'thrifty', 'pulled'])
          expect(outcomeOf(merged, name)).toContain(`### Applied to \`${name}\`: nothing was left to do.`)
        const told = {
          ...merged,
          comment:
            world()
              .world.comments(number - 1)
              .at(-1) ?? '',
        }
        for (const name of ['guarded', 'classless'])
          expect(outcomeOf(told, name)).toContain('Planned again afterwards: nothing left to do.')
        expect((await revisions(world(), 'guarded', 'guarded')).at(-1)).toBe('2 deployed')
        expect(await serving(world(), 'classless', 'classless-api-server')).toBe(1)
        expect(world().world.scenario.github.violations).toEqual([])
      },
      longest,
    )
  },
)

/** What the comment tells of one environment. */
const outcomeOf = (merged: Merged | undefined, name: Name | string): string => {
  const [, rest = ''] = merged?.comment.split(`<!-- slipway:outcome ${name} -->`) ?? []
  return rest.split('<!-- slipway:outcome/ -->')[0] ?? ''
}
