import { afterEach, describe, expect, test } from '@jest/globals'
import type { Terminal } from '../../src/cli/context.ts'
import { type ImportFlags, importCommand, takesOverOnly } from '../../src/cli/import.ts'
import { isEmpty } from '../../src/core/plan.ts'
import { plainPalette } from '../../src/render/terminal/palette.ts'
import { clusterByGuide, databasePassword, googleByGuide, hash } from '../import/guide.ts'
import { withHelm } from '../support/helm.ts'
import { startWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.close())

/** Runs the command; what it wrote and said. */
const run = async (args: readonly string[], flags: ImportFlags = {}) => {
  let [out, said] = ['', '']
  const terminal: Terminal = {
    env: { ...process.env, ...world.environment, CLOUDSDK_AUTH_ACCESS_TOKEN: 'owner' },
    cwd: '/nowhere',
    write: text => void (out += text),
    writeError: text => void (said += text),
    interactive: false,
    width: 110,
    palette: plainPalette,
    signal: new AbortController().signal,
    ask: async () => '',
  }
  const [project = 'acme-ml', cluster] = args
  const code = await importCommand(terminal, project, cluster, {
    repository: [world.cloud?.charts ?? ''],
    ...flags,
  })
  return { code, out, said }
}

withHelm(
  'import of the guide’s shape',
  helm =>
    describe('what the SkyPilot guide makes', () => {
      test.each(['iam', 'password'] as const)(
        '%s: adopted by a short file',
        async auth => {
          world = await startWorld({ kubernetes: true })
          const { cloud } = world
          if (cloud === undefined) throw new Error('no cloud')
          await googleByGuide(cloud, auth)
          await clusterByGuide(cloud, helm, auth)
          const { code, out, said } = await run([])
          if (process.env.SHOW) process.stdout.write(`${out}\n----\n${said}\n`)
          for (const secret of [hash, databasePassword, hash.slice(9)])
            expect(out + said).not.toContain(secret)
          expect(out).toContain('app: skypilot')
          expect(code).toBe(0)
          const plan = await world.plan(out)
          expect(takesOverOnly(plan)).toBe(true)
          const applied = await world.apply(out, plan)
          expect(applied.ended).toBe('done')
          const left = await world.plan(out)
          expect(left.steps).toEqual([])
          expect(isEmpty(left)).toBe(true)
        },
        120_000,
      )
    }),
  name => test.skip(name, () => undefined),
)
