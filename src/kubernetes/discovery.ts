import { isObject, type Json, type JsonObject } from '../core/json.ts'

const aggregated =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;q=0.9'

/** Gets a discovery document; `accept` asks for a form of it. */
export type Discover = (path: string, accept: string) => Promise<Json>

/**
 * What the server can do, as helm's `--api-versions` takes it: every group/version, and every kind in it. Two requests
 * where the server aggregates (Kubernetes 1.30 and later), else one a group and version.
 * @throws KubernetesError
 */
export const apiVersionsOf = async (discover: Discover): Promise<readonly string[]> => {
  const roots = await Promise.all(['/api', '/apis'].map(path => discover(path, aggregated)))
  const found = await Promise.all(
    roots.map(root =>
      textAt(root, 'kind') === 'APIGroupDiscoveryList' ? fromAggregated(root) : perGroup(root, discover),
    ),
  )
  return [...new Set(found.flat())].sort()
}

const fromAggregated = (root: Json): readonly string[] =>
  itemsAt(root, 'items').flatMap(group => {
    const name = textAt(isObject(group) ? group.metadata : undefined, 'name')
    return itemsAt(group, 'versions').flatMap(version => {
      const groupVersion = [name, textAt(version, 'version')].filter(part => part !== '').join('/')
      const kinds = itemsAt(version, 'resources').map(resource =>
        textAt(isObject(resource) ? resource.responseKind : undefined, 'kind'),
      )
      return [groupVersion, ...kinds.filter(kind => kind !== '').map(kind => `${groupVersion}/${kind}`)]
    })
  })

const perGroup = async (root: Json, discover: Discover): Promise<readonly string[]> => {
  const core = itemsAt(root, 'versions').map(version => ({
    path: `/api/${String(version)}`,
    name: String(version),
  }))
  const grouped = itemsAt(root, 'groups').flatMap(group =>
    itemsAt(group, 'versions').map(version => textAt(version, 'groupVersion')),
  )
  const all = [...core, ...grouped.map(name => ({ path: `/apis/${name}`, name }))]
  const lists = await Promise.all(
    all.map(async ({ path, name }) => {
      const resources = itemsAt(await discover(path, 'application/json'), 'resources')
      const whole = resources.filter(resource => !textAt(resource, 'name').includes('/'))
      return [name, ...whole.map(resource => `${name}/${textAt(resource, 'kind')}`)]
    }),
  )
  return lists.flat()
}

const itemsAt = (value: Json | undefined, key: string): readonly Json[] => {
  const items: Json | undefined = isObject(value) ? (value as JsonObject)[key] : undefined
  return Array.isArray(items) ? items : []
}

const textAt = (value: Json | undefined, key: string): string => {
  const text: Json | undefined = isObject(value) ? value[key] : undefined
  return typeof text === 'string' ? text : ''
}
