import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { type JsonObject, valueAt } from '../../src/core/json.ts'
import type { Asked, RequestHooks } from '../../src/emulator/kubernetes/hooks.ts'
import { HelmError } from '../../src/helm/port.ts'
import { isLost } from '../../src/kinds/release/contact.ts'
import { helmHere } from '../helm/charts.ts'
import { environment, shown, startWorld, type TestWorld, type Wish } from './release-support/world.ts'

/** What befalls a write of helm, and how often. */
interface Blow {
  readonly at: (asked: Asked) => boolean
  readonly how: 'cut' | 'cut after it was taken' | 429 | 500 | 503
  left: number
}

/** Strikes at helm alone, as long as there is a blow. */
const striking = () => {
  const doomed = new Set<Asked>()
  let blow: Blow | undefined
  const hooks: RequestHooks = {
    onRequest: asked => {
      if (asked.dryRun || !asked.agent.startsWith('Helm') || !blow?.left || !blow.at(asked)) return undefined
      blow.left--
      if (blow.how !== 'cut after it was taken') return blow.how
      doomed.add(asked)
      return undefined
    },
    afterHandled: asked => (doomed.has(asked) ? 'cut' : undefined),
  }
  return {
    hooks,
    next: (at: Blow['at'], how: Blow['how'], left = 1): void => {
      blow = { at, how, left }
    },
    left: (): number => blow?.left ?? 0,
  }
}

const writes = (verb: string, resource: string) => (asked: Asked) =>
  asked.verb === verb && asked.resource === resource

const recorded = writes('create', 'secrets')
const rolled = writes('patch', 'deployments')

const withHelm = helmHere() === undefined ? describe.skip : describe

withHelm('an API server that helm loses', () => {
  const strike = striking()
  let world: TestWorld
  let mode = 0
  const wish = (more: Wish = {}) => environment(world, { version: '1.1.0', ...more })
  /** Numbers of helm's revisions, ascending. */
  const revisions = (): readonly number[] =>
    world.kubernetes
      .objects()
      .filter(({ type }) => type === 'helm.sh/release.v1')
      .map(({ metadata }) =>
        Number(
          String((metadata as JsonObject).name)
            .split('.v')
            .at(-1),
        ),
      )
      .toSorted((one, other) => one - other)
  const remembered = () =>
    valueAt(world.kubernetes.get('Lease', 'web', 'slipway-web'), ['metadata', 'annotations'])
  /** The last write of an upgrade: that of its own record, which comes after that of the former one. */
  const ended = (asked: Asked): boolean =>
    writes('update', 'secrets')(asked) && asked.name.endsWith(`.v${revisions().at(-1)}`)

  /** Applies another value, by which pods are made anew or not; gives what was said, and how many revisions were made. */
  const upgrade = async (rolls = false) => {
    const before = revisions().at(-1) ?? 0
    mode++
    const value = { mode: `number ${mode}` }
    const wanted = wish({ values: rolls ? { apiService: { annotations: value } } : { settings: value } })
    const { failures, said } = await world.apply(await world.plan(wanted, wish()))
    return { wanted, failures, said, made: (revisions().at(-1) ?? 0) - before }
  }

  beforeAll(async () => {
    world = await startWorld({ hooks: strike.hooks })
  })
  afterEach(() => expect(strike.left()).toBe(0))
  afterAll(() => world.close())

  test('in a first installation is waited for, and helm begins anew', async () => {
    strike.next(rolled, 'cut')
    const { failures, said } = await world.apply(await world.plan(wish()))
    expect(failures).toEqual([])
    expect(said).toContain('helm lost the API server')
    expect(shown(await world.plan(wish(), wish()))).toEqual([])
  })

  test.each([
    { when: 'once its record is made, whose answer is lost', at: recorded, how: 'cut after it was taken' },
    { when: 'in the middle, while that ends', at: rolled, how: 503 },
    { when: 'in the middle, while that has lost etcd', at: rolled, how: 500 },
  ] as const)('$when: the upgrade goes on', async ({ at, how }) => {
    strike.next(at, how)
    const { wanted, failures, said } = await upgrade()
    expect(failures).toEqual([])
    expect(said).toContain('helm lost the API server')
    expect(remembered()).toEqual({ 'slipway.dev/chart': 'demo 1.1.0' })
    expect(shown(await world.plan(wanted, wanted))).toEqual([])
  })

  test('when all has been written and only the last answer is lost: nothing is sent again', async () => {
    strike.next(ended, 'cut after it was taken')
    const { failures, said, made } = await upgrade()
    expect([failures, made]).toEqual([[], 1])
    expect(said).toContain('helm had brought it there')
  })

  test('again and again: what served before is put back', async () => {
    strike.next(rolled, 503, 3)
    const { failures, said } = await upgrade()
    expect(failures[0]?.message).toMatch(/unable to handle the request.*\nRevision \d+ serves again/s)
    expect(said.filter(line => line === 'helm lost the API server')).toHaveLength(2)
    expect(remembered()).toEqual({ 'slipway.dev/chart': 'demo 1.1.0' })
  })

  test('again and again once its new server has run: nothing is put back', async () => {
    strike.next(ended, 'cut', 3)
    const { failures } = await upgrade(true)
    expect(failures[0]?.message).toMatch(/The new version has run .* so the old one is not put back\./)
    expect(remembered()).toMatchObject({ 'slipway.dev/unfinished': 'run 7' })
  })

  test('while it is uninstalled: helm begins anew', async () => {
    strike.next(writes('delete', 'deployments'), 'cut')
    const gone = { ...wish({ release: false }), deletable: new Set(['release/web']) }
    expect((await world.apply(await world.plan(gone, wish()))).failures).toEqual([])
    expect(world.kubernetes.get('Deployment', 'web', 'web-api-server')).toBeUndefined()
  })
})

test.each([
  [true, 'Patch "https://10.0.0.1/apis/apps/v1/namespaces/a/deployments/a?force=true": EOF'],
  [true, 'Put "https://10.0.0.1/api/v1/namespaces/a/secrets/a": use of closed network connection'],
  [true, 'Kubernetes cluster unreachable: Get "https://10.0.0.1/version": dial tcp: connection refused'],
  [
    true,
    'server-side apply failed for object /a admissionregistration.k8s.io/v1, Kind=ValidatingWebhookConfiguration: Patch "https://10.0.0.1/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/a": EOF',
  ],
  [true, 'the server has received too many requests and has asked us to try again later'],
  [true, 'server-side apply failed for object a/a apps/v1, Kind=Deployment: etcdserver: leader changed'],
  [false, 'failed calling webhook "a.example.com": failed to call webhook: Post "https://a.a.svc:443/": EOF'],
  [false, 'conversion webhook for a.example.com/v1, Kind=A failed: Post "https://a.a.svc:443/": EOF'],
  [false, 'Get "https://10.0.0.1/version": tls: failed to verify certificate: x509: unknown authority'],
  [false, 'pre-upgrade hooks failed: job a failed: BackoffLimitExceeded'],
])('that helm lost it: %s for “%s”', (expected, words) => {
  expect(isLost(new HelmError(`helm upgrade of a failed: UPGRADE FAILED: ${words}`))).toBe(expected)
})
