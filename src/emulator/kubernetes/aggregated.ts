import type { JsonObject } from '../../core/json.ts'
import { resourceList } from './discovery.ts'
import { groupVersion, type Resource } from './resources.ts'

/** The content type of aggregated discovery, Kubernetes 1.30 and later (KEP-3352): asked for by it, and answered with it. */
export const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** Answers of GET /api and GET /apis to a client that takes them aggregated: everything that is served, in one list. */
export const aggregatedList = (resources: readonly Resource[], root: '/api' | '/apis'): JsonObject => {
  const own = [...resources.map(groupVersion), ...(root === '/apis' ? virtual : [])]
  const wanted = [...new Set(own)].filter(name => name.includes('/') === (root === '/apis'))
  const groups = Map.groupBy(wanted, name => name.split('/').toReversed()[1] ?? '')
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: [...groups].map(([name, versions]) => ({
      metadata: { name, creationTimestamp: null },
      versions: versions.map(version => ({
        version: version.split('/').at(-1) ?? version,
        resources: listed(resources, version),
        freshness: 'Current',
      })),
    })),
  }
}

/** Groups that hold nothing but questions about rights. */
const virtual = ['authorization.k8s.io/v1', 'authentication.k8s.io/v1']

interface Listed extends JsonObject {
  readonly name: string
  readonly namespaced: boolean
  readonly singularName: string
}

/** The same resources as in the old form, subresources inside their resource. */
const listed = (resources: readonly Resource[], version: string): readonly JsonObject[] => {
  const all = (resourceList(resources, version)?.resources ?? []) as readonly Listed[]
  const [group = '', number = version] = version.includes('/') ? version.split('/') : ['', version]
  const kindOf = ({ kind = null }: JsonObject) => ({ group, version: number, kind })
  return all
    .filter(({ name }) => !name.includes('/'))
    .map(one => {
      const { name, namespaced, singularName, verbs = [], shortNames, categories } = one
      const below = all.filter(other => other.name.startsWith(`${name}/`))
      return {
        resource: name,
        responseKind: kindOf(one),
        scope: namespaced ? 'Namespaced' : 'Cluster',
        singularResource: singularName,
        verbs,
        ...(shortNames === undefined ? {} : { shortNames }),
        ...(categories === undefined ? {} : { categories }),
        ...(below.length === 0
          ? {}
          : {
              subresources: below.map(sub => ({
                subresource: sub.name.slice(name.length + 1),
                responseKind: kindOf(sub),
                verbs: sub.verbs ?? [],
              })),
            }),
      }
    })
}
