import { describe, expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/core/json.ts'
import { tryAll } from '../../src/kinds/release/preflight.ts'
import { type Kubernetes, KubernetesError } from '../../src/kubernetes/port.ts'

const spec = { release: 'web', namespace: 'n' }
const object = (kind: string, name: string, hook?: string): JsonObject => ({
  apiVersion: kind === 'Job' ? 'batch/v1' : 'v1',
  kind,
  metadata: {
    name,
    namespace: 'n',
    ...(hook === undefined ? {} : { annotations: { 'helm.sh/hook': hook } }),
  },
})
const hooks = [
  object('Job', 'first', 'pre-install'),
  object('Job', 'each', 'pre-install,pre-upgrade'),
  object('Job', 'after', 'post-upgrade'),
  object('Job', 'last', 'pre-delete'),
]

/** A server that takes notes, and refuses what `refuses` gives an error for. */
const server = (refuses: (made: string) => KubernetesError | undefined = () => undefined) => {
  const asked: string[] = []
  const take = async (verb: string, name: string, dryRun: boolean | undefined): Promise<void> => {
    asked.push(`${verb} ${name}${dryRun === true ? '' : ' FOR GOOD'}`)
    const refused = refuses(name)
    if (refused !== undefined) throw refused
  }
  const writer = {
    list: async () => [],
    apply: (path: string, _: JsonObject, options?: { readonly dryRun?: boolean }) =>
      take('apply', path.split('/').at(-1) ?? '', options?.dryRun),
    create: (path: string, made: JsonObject, options?: { readonly dryRun?: boolean }) =>
      take('create', `${path.split('/').at(-1)}/${(made.metadata as JsonObject).name}`, options?.dryRun),
  } as unknown as Kubernetes
  const tried = (revision: number) =>
    tryAll('release/web', writer, { objects: [object('ConfigMap', 'config')], hooks, revision }, spec)
  return { asked, tried }
}
const refusal = (status: number, message: string, reason = ''): KubernetesError =>
  new KubernetesError(message, { status, reason })

describe('before the first write', () => {
  test.each([
    [1, ['first', 'each']],
    [4, ['each', 'after']],
  ])(
    'revision %d is tried with its objects, the hooks that run then, and helm’s record',
    async (revision, ran) => {
      const { asked, tried } = server()
      expect(await tried(revision)).toEqual([])
      expect(asked.toSorted()).toEqual(
        [
          'apply config',
          `create secrets/sh.helm.release.v1.web.v${revision}`,
          ...ran.map(name => `create jobs/${name}`),
        ].toSorted(),
      )
    },
  )
  test.each([
    ['jobs/each', 'Job each'],
    ['secrets/sh.helm.release.v1.web.v4', 'Secret sh.helm.release.v1.web.v4'],
  ])('a right that is missing for %s is named', async (missing, named) => {
    const { tried } = server(made => (made === missing ? refusal(403, 'no: forbidden') : undefined))
    const failed = await tried(4).catch((error: unknown) => error)
    expect(failed).toMatchObject({
      message: `release/web: the cluster would refuse ${named}: no: forbidden`,
      advice: expect.stringMatching(/^Nothing was written\./),
    })
  })
  test.each([
    ['is there from the last time', 409, 'jobs.batch "each" already exists'],
    ['is one too many for a quota, as long as the last one is there', 403, 'exceeded quota: team'],
  ])('a hook that %s is fine: helm deletes it first', async (_, status, message) => {
    const { tried } = server(made => (made === 'jobs/each' ? refusal(status, message) : undefined))
    expect(await tried(4)).toEqual([])
  })
  test('a hook in a namespace that another one makes cannot be tried', async () => {
    const { tried } = server(made => (made === 'jobs/each' ? refusal(404, 'no such namespace') : undefined))
    expect(await tried(4)).toEqual(['Job each'])
  })
})
