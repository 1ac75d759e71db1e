import { describe, expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/core/json.ts'
import { grant, grantName } from '../../src/kinds/grant/index.ts'
import { failing, fakeGcp, type Seen } from './service-support/fake-gcp.ts'
import { applying, bareWork, planning, resourceOf } from './service-support/worlds.ts'

const nodes = 'staging-nodes@acme-ml.iam.gserviceaccount.com'
const project = { project: 'acme-ml' }
const account = { project: 'acme-ml', serviceAccount: nodes }
const pool = 'serviceAccount:acme-ml.svc.id.goog[skypilot/staging-api-sa]'

const grantOf = (settings: Parameters<typeof grantName>[0]) =>
  resourceOf(grant, grantName(settings), settings)

const viewer = grantOf({ role: 'roles/viewer', member: `serviceAccount:${nodes}`, target: project })
const client = grantOf({ role: 'roles/cloudsql.client', member: `serviceAccount:${nodes}`, target: project })
const identity = grantOf({ role: 'roles/iam.workloadIdentityUser', member: pool, target: account })

const isSet = ({ path }: Seen) => path.endsWith(':setIamPolicy')

/** A policy behind a fake; `before` may throw in place of an answer, or change the policy. */
const iam = (
  policy: JsonObject,
  before: (request: Seen, live: { policy: JsonObject }) => void = () => undefined,
) => {
  const live = { policy }
  let version = 0
  const gcp = fakeGcp(request => {
    before(request, live)
    if (!isSet(request)) return live.policy
    const sent = (request.body as { policy: JsonObject }).policy
    if (sent.etag !== live.policy.etag)
      throw failing('cloudresourcemanager', 'conflict', 'concurrent policy changes', 409)
    version += 1
    live.policy = { ...sent, etag: `etag-${version}` }
    return live.policy
  })
  return { gcp, live }
}

const add = (
  gcp: ReturnType<typeof fakeGcp>,
  resources: readonly (typeof viewer)[],
  progress: string[] = [],
) =>
  grant.create(
    resources.map(resource => bareWork(resource, { progress: said => void progress.push(said) })),
    applying(gcp, undefined as never),
  )

describe('reading', () => {
  test('one read for each policy, and e-mails in any case are the same', async () => {
    const { gcp } = iam({
      etag: 'e',
      bindings: [{ role: 'roles/viewer', members: [`serviceAccount:${nodes.replace('s', 'S')}`] }],
    })
    const seen = await grant.observe([viewer, client, identity], planning(gcp))
    expect([...seen.values()].map(({ state }) => state)).toEqual(['present', 'absent', 'absent'])
    expect(gcp.seen.map(({ api, body, query }) => [api, body, query])).toEqual([
      ['cloudresourcemanager', { options: { requestedPolicyVersion: 3 } }, {}],
      ['iam', {}, { 'options.requestedPolicyVersion': 3 }],
    ])
  })

  test('a conditional binding does not give an unconditional grant', async () => {
    const condition = { title: 't', expression: 'false' }
    const { gcp } = iam({
      etag: 'e',
      bindings: [{ role: 'roles/viewer', members: [`serviceAccount:${nodes}`], condition }],
    })
    const seen = await grant.observe([viewer], planning(gcp))
    expect(seen.get(viewer.address)).toEqual({ state: 'absent' })
  })

  test.each([
    ['absent', 404, { state: 'absent' }],
    ['disabled', 403, { state: 'absent', assumed: 'iam.googleapis.com is off' }],
    ['forbidden', 403, { state: 'unknown' }],
    ['unavailable', 503, { state: 'unknown' }],
  ] as const)('a service account whose policy is %s', async (failure, status, expected) => {
    const gcp = fakeGcp(() => {
      throw failing('iam', failure, 'no', status)
    })
    expect((await grant.observe([identity], planning(gcp))).get(identity.address)).toMatchObject(expected)
  })

  test('a project that is not there is not a project without grants', async () => {
    const gcp = fakeGcp(() => {
      throw failing('cloudresourcemanager', 'absent', 'no such project', 404)
    })
    expect((await grant.observe([viewer], planning(gcp))).get(viewer.address)).toMatchObject({
      state: 'unknown',
    })
  })
})

describe('writing', () => {
  const foreign = {
    auditConfigs: [{ service: 'container.googleapis.com', auditLogConfigs: [{ logType: 'DATA_READ' }] }],
    bindings: [
      {
        members: ['user:z@example.com'],
        role: 'roles/owner',
        condition: { expression: 'x', title: 't', location: 'l' },
      },
      { role: 'roles/viewer', bindingId: 'b', members: ['deleted:user:q@example.com?uid=1'] },
    ],
    unheardOf: { kept: true },
    etag: 'etag-0',
  }

  test('one write for many grants; everything foreign goes back byte for byte', async () => {
    const { gcp } = iam(foreign)
    await add(gcp, [viewer, client])
    const writes = gcp.seen.filter(isSet)
    expect(writes).toHaveLength(1)
    const member = `serviceAccount:${nodes}`
    expect(JSON.stringify(writes[0]?.body)).toBe(
      JSON.stringify({
        policy: {
          auditConfigs: foreign.auditConfigs,
          bindings: [
            foreign.bindings[0],
            { role: 'roles/viewer', bindingId: 'b', members: ['deleted:user:q@example.com?uid=1', member] },
            { role: 'roles/cloudsql.client', members: [member] },
          ],
          unheardOf: { kept: true },
          etag: 'etag-0',
          version: 3,
        },
      }),
    )
  })

  test('what is there already is not written', async () => {
    const { gcp } = iam({
      etag: 'e',
      bindings: [{ role: 'roles/viewer', members: [`serviceAccount:${nodes}`] }],
    })
    await add(gcp, [viewer])
    expect(gcp.seen.filter(isSet)).toEqual([])
  })

  test('somebody who comes between loses nothing', async () => {
    let rival = 3
    const { gcp, live } = iam(foreign, (request, state) => {
      if (!isSet(request) || rival-- <= 0) return
      const bindings = [
        ...(state.policy.bindings as JsonObject[]),
        { role: `roles/r${rival}`, members: ['user:r@example.com'] },
      ]
      state.policy = { ...state.policy, bindings, etag: `rival-${rival}` }
    })
    await add(gcp, [client])
    const roles = (live.policy.bindings as { role: string }[]).map(({ role }) => role)
    expect(roles).toEqual([
      'roles/owner',
      'roles/viewer',
      'roles/r2',
      'roles/r1',
      'roles/r0',
      'roles/cloudsql.client',
    ])
  })

  test.each([
    ['an account', viewer, `Service account ${nodes} does not exist.`],
    ['a pool', identity, 'Identity Pool does not exist (acme-ml.svc.id.goog). Please check that …'],
  ])('%s that IAM does not see yet is waited for', async (_, resource, answer) => {
    let unseen = 5
    const { gcp } = iam({ etag: 'e' }, request => {
      if (isSet(request) && unseen-- > 0) throw failing('iam', 'invalid', answer)
    })
    const progress: string[] = []
    await add(gcp, [resource], progress)
    expect(gcp.seen.filter(isSet)).toHaveLength(6)
    expect(progress[0]).toMatch(/waiting until IAM knows/)
  })

  test('somebody else who does not exist is not waited for', async () => {
    const { gcp } = iam({ etag: 'e' }, request => {
      if (isSet(request)) throw failing('iam', 'invalid', 'User nobody@example.com does not exist.')
    })
    await expect(add(gcp, [viewer])).rejects.toThrow('nobody@example.com')
    expect(gcp.seen.filter(isSet)).toHaveLength(1)
  })

  test('an account that never comes is named, with its grant', async () => {
    const { gcp } = iam({ etag: 'e' }, request => {
      if (isSet(request)) throw failing('iam', 'invalid', `Service account ${nodes} does not exist.`)
    })
    await expect(add(gcp, [client, viewer])).rejects.toThrow(viewer.address)
  })

  test('reads that lag behind are read again, never written again', async () => {
    let stale = 6
    const { gcp } = iam({ etag: 'e' })
    const lagging = fakeGcp(async request => {
      if (isSet(request))
        return gcp.write({ method: 'POST', api: request.api, path: request.path, body: request.body })
      return stale-- > 0 ? { etag: 'e' } : gcp.read(request.api, request.path, request.body)
    })
    await add(lagging, [viewer])
    expect(lagging.seen.filter(isSet)).toHaveLength(1)
  })

  test('an account that flaps just after it was made is read again', async () => {
    let missing = 2
    const { gcp } = iam({ etag: 'e' }, request => {
      if (!isSet(request) && missing-- > 0) throw failing('iam', 'absent', 'Unknown service account', 404)
    })
    await add(gcp, [identity])
    expect(gcp.seen.filter(isSet)).toHaveLength(1)
  })

  test('removing from an account that is gone is done', async () => {
    const gcp = fakeGcp(() => {
      throw failing('iam', 'absent', 'Unknown service account', 404)
    })
    await grant.remove?.([bareWork(identity)], applying(gcp, undefined as never))
    expect(gcp.seen).toHaveLength(1)
  })
})
