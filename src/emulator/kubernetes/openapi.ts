import type { JsonObject } from '../../core/json.ts'
import { groupVersion, type Resource } from './resources.ts'

const root = (name: string): string => (name.includes('/') ? `apis/${name}` : `api/${name}`)

/** Answer of GET /openapi/v3: where each group version's document is. */
export const openApiIndex = (resources: readonly Resource[]): JsonObject => {
  const names = [...new Set(resources.map(groupVersion))]
  return {
    paths: Object.fromEntries(
      names.map(name => [root(name), { serverRelativeURL: `/openapi/v3/${root(name)}?hash=1` }]),
    ),
  }
}

const parameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map(name => ({
  name,
  in: 'query',
  schema: { type: name === 'force' ? 'boolean' : 'string', uniqueItems: true },
}))

const operations = (resource: Resource): readonly (readonly [string, JsonObject])[] => {
  const base = `/${root(groupVersion(resource))}${resource.namespaced ? '/namespaces/{namespace}' : ''}`
  const operation = {
    'x-kubernetes-action': 'patch',
    'x-kubernetes-group-version-kind': {
      group: resource.group,
      version: resource.version,
      kind: resource.kind,
    },
    parameters,
    responses: { 200: { description: 'OK' } },
  }
  return [[`${base}/${resource.plural}/{name}`, { patch: operation }]]
}

/**
 * One group version's document, undefined when it is not served. It says that PATCH takes `fieldValidation`, which is
 * what keeps helm and kubectl from validating on their own side; it holds no schemas.
 */
export const openApiDocument = (
  resources: readonly Resource[],
  path: string,
  version: string,
): JsonObject | undefined => {
  const found = resources.filter(resource => root(groupVersion(resource)) === path)
  if (found.length === 0) return undefined
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version },
    paths: Object.fromEntries(found.flatMap(operations)),
    components: { schemas: {} },
  }
}
