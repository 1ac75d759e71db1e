import { expect, test } from '@jest/globals'
import { type JsonObject, valueAt } from '../../src/core/json.ts'
import { type Access, viewer } from '../../src/emulator/kubernetes/authorize.ts'
import { type Bare, onBarePlane } from './control-plane/bare.ts'
import { listIn } from './control-plane/looks.ts'
import { until } from './control-plane/processes.ts'
import { readResources } from './control-plane/roles.ts'

const rbac = '/apis/rbac.authorization.k8s.io/v1'
const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection']

/** Groups whose resources are questions: they are asked with POST, and never there to be read. */
const questions = new Set(['authentication.k8s.io', 'authorization.k8s.io'])

type What = Pick<Access, 'group' | 'resource'>

/** Every resource that the server serves, subresources included. */
const served = async ({ plane: { admin } }: Bare): Promise<readonly What[]> => {
  const groups = listIn((await admin.get('/apis')) ?? {}, 'groups')
  const versions = groups.flatMap(group =>
    listIn(group, 'versions').map(
      ({ groupVersion }) => [String(group.name), `/apis/${groupVersion}`] as const,
    ),
  )
  const found = await Promise.all(
    [['', '/api/v1'] as const, ...versions].map(async ([group, path]) =>
      listIn((await admin.get(path)) ?? {}, 'resources').map(({ name }) => ({
        group,
        resource: String(name),
      })),
    ),
  )
  return found.flat().filter(({ group }) => !questions.has(group))
}

/** Whether the API server lets somebody do that. */
const may = async ({ plane }: Bare, user: string, { verb, group, resource }: What & { verb: string }) => {
  const [plural, subresource = ''] = resource.split('/')
  const resourceAttributes = { verb, group, resource: plural ?? '', subresource, namespace: 'default' }
  const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews'
  const review = await plane.admin.create(path, { spec: { user, resourceAttributes } })
  return valueAt(review, ['status', 'allowed']) === true
}

const definition = (group: string, plural: string): JsonObject => {
  const kind = `${plural[0]?.toUpperCase()}${plural.slice(1)}`
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
  const version = { name: 'v1', served: true, storage: true, schema, subresources: { status: {} } }
  return {
    metadata: {
      name: `${plural}.${group}`,
      annotations: { 'api-approved.kubernetes.io': 'unapproved, for a test' },
    },
    spec: { group, scope: 'Namespaced', names: { kind, plural }, versions: [version] },
  }
}

onBarePlane('who may do what on the real control plane', bare => {
  test('the planner may do what the emulated one may, of everything that there is', async () => {
    const { plane, accounts } = bare()
    const custom = [
      { group: 'networking.gke.io', resource: 'managedcertificates' },
      { group: 'cloud.google.com', resource: 'backendconfigs' },
      // It only sounds like one.
      { group: 'example.com', resource: 'secrets' },
    ]
    for (const { group, resource } of custom)
      await plane.admin.create(
        '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
        definition(group, resource),
      )
    const resources = await until('the custom resources', async () => {
      const found = await served(bare())
      return custom.every(one => found.some(other => JSON.stringify(other) === JSON.stringify(one))) && found
    })
    expect(resources.length).toBeGreaterThan(100)
    const differing: string[] = []
    for (const what of resources) {
      const asked = verbs.map(async verb => {
        const real = await may(bare(), accounts.planner.email, { ...what, verb })
        const emulated = viewer({ user: '', groups: [] }, { ...what, verb, namespace: 'default', name: '' })
        if (real !== emulated)
          differing.push(`${verb} ${what.resource}.${what.group}: ${real}, emulated ${emulated}`)
      })
      await Promise.all(asked)
    }
    expect(differing).toEqual([])
  }, 300_000)

  test('Kubernetes’ own role for viewers has no Secrets either; of what it has, the planner lacks only logs', async () => {
    const { plane, accounts } = bare()
    const view = listIn((await plane.admin.get(`${rbac}/clusterroles/view`)) ?? {}, 'rules')
    const granted = view.flatMap(({ apiGroups, resources }) =>
      (apiGroups as string[]).flatMap(group =>
        (resources as string[]).map(resource => ({ group, resource })),
      ),
    )
    expect(granted.filter(({ group, resource }) => group === '' && /^(secrets|\*)/.test(resource))).toEqual(
      [],
    )
    const there = new Set((await served(bare())).map(({ group, resource }) => `${resource}.${group}`))
    // The role still names what older servers had in a group that is gone.
    const real = granted.filter(({ group, resource }) => there.has(`${resource}.${group}`))
    expect(real.length).toBeGreaterThan(40)
    const lacking = await Promise.all(
      real.map(async what =>
        (await may(bare(), accounts.planner.email, { ...what, verb: 'list' })) ? [] : [what.resource],
      ),
    )
    expect(lacking.flat().toSorted()).toEqual(['pods/log'])
    expect(JSON.stringify(readResources)).not.toMatch(/"secrets|\blog\b/)
  })

  test('nobody gives what he does not hold: the applier can make a wide role because he holds it himself', async () => {
    const { plane, clients, accounts } = bare()
    const review = await clients.applier.create('/apis/authentication.k8s.io/v1/selfsubjectreviews', {})
    expect(valueAt(review, ['status', 'userInfo', 'groups'])).toEqual(['system:authenticated'])
    const role = (name: string): JsonObject => ({
      metadata: { name },
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['*'] }],
    })
    const makers = {
      apiGroups: ['rbac.authorization.k8s.io'],
      resources: ['clusterroles'],
      verbs: ['create'],
    }
    await plane.admin.create(`${rbac}/clusterroles`, { metadata: { name: 'makers' }, rules: [makers] })
    await plane.admin.create(`${rbac}/clusterrolebindings`, {
      metadata: { name: 'makers' },
      subjects: [{ kind: 'User', name: accounts.limited.email, apiGroup: 'rbac.authorization.k8s.io' }],
      roleRef: { kind: 'ClusterRole', name: 'makers', apiGroup: 'rbac.authorization.k8s.io' },
    })
    await until('the right to make roles', () =>
      may(bare(), accounts.limited.email, {
        verb: 'create',
        group: 'rbac.authorization.k8s.io',
        resource: 'clusterroles',
      }),
    )
    await expect(clients.limited.create(`${rbac}/clusterroles`, role('wide'))).rejects.toThrow(
      /attempting to grant RBAC permissions not currently held/,
    )
    const made = await clients.applier.create(`${rbac}/clusterroles`, role('wide'))
    expect(made.kind).toBe('ClusterRole')
  })
})
