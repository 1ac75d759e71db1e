import { expect, test } from '@jest/globals'
import { parse, stringify } from 'yaml'
import type { JsonObject } from '../../src/core/json.ts'
import { type Proposed, startActionWorld } from './control-plane/action.ts'
import { fileOf, over, small } from './control-plane/files.ts'
import { replaceSelector } from './control-plane/hands.ts'
import { fieldAt, paths, revisions, serving } from './control-plane/looks.ts'
import { longest, onPlane } from './control-plane/suite.ts'

const server = ['web', 'web-api-server'] as const
const release = ['web', 'web'] as const
const claim = paths.claim('web', 'web-state')

onPlane(
  'objects of a release, through the bundled action',
  () => startActionWorld({ environments: ['web'] }),
  world => {
    const base = over(small, { ingress: { enabled: true, host: 'web.example.com', authSecret: 'web-login' } })
    const login = { from: 'secret', secret: 'web-login', version: '1' }
    const sections = { namespaces: { web: { secrets: { 'web-login': { data: { auth: login } } } } } }
    /** As a person writes it, a key a line. */
    const file = (values: JsonObject = {}): { readonly web: string } => {
      const text = fileOf({ name: 'web', charts: world().charts, values: over(base, values), sections })
      return { web: stringify(parse(text)) }
    }
    const grown = { ingress: { enabled: false }, storage: { size: '20Gi' } }
    const slower = { ...grown, apiService: { terminationGracePeriodSeconds: 90 } }

    /** Merges, and sees that every job went well. */
    const land = async ({ number, planned }: Proposed) => {
      expect([planned.conclusion, planned.problems]).toEqual(['success', []])
      const { applies, report, comment } = await world().merge(number)
      expect([...applies, report].map(job => job?.conclusion)).toEqual(['success', 'success'])
      return comment
    }
    /** Sees that the required check fails with this one annotation at the release's line of the file. */
    const isRefused = ({ planned, comment }: Proposed, text: string, message: RegExp, recipe: RegExp) => {
      expect(planned.conclusion).toBe('failure')
      const line = text.split('\n').indexOf('releases:') + 2
      expect(planned.annotations).toEqual([
        expect.objectContaining({
          level: 'error',
          file: 'environments/web.yaml',
          line,
          message: expect.stringMatching(message),
        }),
        expect.objectContaining({ message: 'This cannot be merged yet: 1 problem.' }),
      ])
      expect(comment).toContain('### **Cannot be merged yet:** 1 change of `web` is refused.')
      expect(comment).toMatch(
        new RegExp(`Refused:.*web\\.yaml:${line}.*${message.source}.*What to do:.*${recipe.source}`),
      )
      expect(comment).not.toContain('Merging applies exactly this.')
    }

    test(
      'a release on a cluster that is there',
      async () => {
        world().world.cloud.seed('acme-ml').secret('web-login', ['sky:$apr1$saltsalt$w3b-l0gin-c4n4ry'])
        const comment = await land(await world().propose(file()))
        expect(comment).toMatch(/### Applied to `web`: 3 steps in/)
        expect(comment).toContain('Planned again afterwards: nothing left to do.')
        expect(await serving(world(), ...server)).toBe(1)
      },
      longest,
    )

    test(
      'a pull request that changes nothing real says so, and its merge makes no revision',
      async () => {
        const proposed = await world().propose({ web: `# Ours.\n${file().web}` })
        expect(proposed.comment).toContain('### Plan for `web`: nothing to do. 3 resources as wanted.')
        expect(proposed.planned.outputs['has-changes']).toBe('false')
        expect(await land(proposed)).toContain('### Applied to `web`: nothing was left to do.')
        expect(await revisions(world(), ...release)).toEqual(['1 deployed'])
        // It is recorded: the next push has nothing to select.
        const { select, applies } = await world().world.apply(
          world().world.scenario.push({ 'README.md': 'More\n' }),
        )
        expect([select.outputs.matrix, applies]).toEqual(['[]', []])
      },
      longest,
    )

    test(
      'an object that goes is a caution of its own, a claim that grows is a line',
      async () => {
        const proposed = await world().propose(file(grown))
        expect(proposed.comment).toContain('1 to change. **Parts of `release/web` are removed.**')
        expect(proposed.comment).toContain('**Removes `Ingress web-ingress`** of `release/web`.')
        expect(proposed.comment).toMatch(/spec\.resources\.requests\.storage +10Gi → 20Gi/)
        expect(proposed.comment).toContain('8 objects unchanged')
        expect(await land(proposed)).toMatch(/✓ release\/web +2 objects/)
        expect(await fieldAt(world(), paths.ingress('web', 'web-ingress'), 'kind')).toBeUndefined()
        const size = ['spec', 'resources', 'requests', 'storage']
        expect(await fieldAt(world(), claim, ...size)).toBe('20Gi')
      },
      longest,
    )

    test(
      'what a hand edited and deleted is drift in the comment of the next change, and is put right by it',
      async () => {
        const { admin } = world().plane
        await admin.merge(paths.configMap('web', 'web-config'), { data: { 'config.yaml': 'edited: true' } })
        await admin.remove(paths.service('web', 'web-api-service'))
        const proposed = await world().propose(file(slower))
        expect(proposed.comment).toContain('Puts back 2 values changed outside of Git.')
        expect(proposed.comment).toContain(
          '**Drift:** someone changed this outside of Git; merging puts it back.',
        )
        expect(proposed.comment).toMatch(
          /- +ConfigMap\/web\/web-config\.data\.config\.yaml +edited: true +\(live\)/,
        )
        expect(proposed.comment).toMatch(/- +Service\/web\/web-api-service +not there +\(live\)/)
        expect(proposed.comment).toMatch(/\+ +Service\/web\/web-api-service +made again +\(web\.yaml:\d+\)/)
        expect(proposed.comment).toContain('6 objects unchanged')
        expect(await land(proposed)).toMatch(/✓ release\/web +3 objects/)
        expect(await fieldAt(world(), paths.service('web', 'web-api-service'), 'kind')).toBe('Service')
        expect(await fieldAt(world(), paths.configMap('web', 'web-config'), 'data', 'config.yaml')).toBe('')
      },
      longest,
    )

    test(
      'a claim that shrinks, one of another class and another selector fail the required check, each with its recipe',
      async () => {
        const smaller = file({ ...slower, storage: { size: '10Gi' } })
        const shrunk = await world().propose(smaller)
        isRefused(
          shrunk,
          smaller.web,
          /requests\.storage cannot change from 20Gi to 10Gi: a claim can grow but not shrink/,
          /copy the data/,
        )
        const premium = file({ ...slower, storage: { size: '20Gi', storageClassName: 'premium-rwo' } })
        isRefused(
          await world().push(shrunk.number, premium),
          premium.web,
          /storageClassName cannot change from standard-rwo to premium-rwo: Kubernetes fixes the settings of a claim/,
          /copy the data/,
        )
        await replaceSelector(world(), ...server)
        const good = file({ ...slower, apiService: { terminationGracePeriodSeconds: 30 } })
        isRefused(
          await world().push(shrunk.number, good),
          good.web,
          /Kubernetes fixes the selector of a workload/,
          /delete it by hand/,
        )
        await world().plane.admin.remove(paths.deployment(...server))
        const mended = await world().push(shrunk.number, { web: `${good.web}# Again.\n` })
        expect(mended.comment).not.toMatch(/refused|cannot be merged/i)
        await land(mended)
        expect(await revisions(world(), ...release)).toHaveLength(4)
        expect(world().world.scenario.github.violations).toEqual([])
      },
      longest,
    )
  },
)
