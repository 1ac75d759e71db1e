import { isObject, type JsonObject, valueAt } from '../core/json.ts'
import { type ManifestDocument, parseYaml } from './documents.ts'
import type { Rendered } from './port.ts'
import { clusterScopedIn, placed } from './scopes.ts'

/** The annotation that makes an object a hook. */
const hookAnnotation = 'helm.sh/hook'

/**
 * Sorts helm's output into objects, hooks and definitions: lists taken apart, empty documents dropped, namespaces
 * filled in. @throws HelmError if it is not YAML.
 */
export const sortedManifest = (
  text: string,
  namespace: string,
  what: string,
  lookupTemplates: readonly string[],
): Rendered => {
  const all = parseYaml(text, what).flatMap(flattened)
  const crds = all.filter(isDefinition).map(({ object }) => object)
  const others = all.filter(document => !isDefinition(document))
  const ownDefinitions = others
    .map(({ object }) => object)
    .filter(({ kind }) => kind === 'CustomResourceDefinition')
  const also = clusterScopedIn([...crds, ...ownDefinitions])
  const complete = others.map(({ object, source }) => ({ object: placed(object, namespace, also), source }))
  const objects = complete.filter(({ object }) => !isHook(object))
  return {
    objects: objects.map(({ object }) => object),
    lookedUp: objects.filter(({ source }) => lookupTemplates.includes(source)).map(({ object }) => object),
    hooks: complete.map(({ object }) => object).filter(isHook),
    crds: crds.map(object => placed(object, namespace, also)),
  }
}

/** True for what came from a chart's `crds/` folder: helm installs it once and never changes it. */
const isDefinition = ({ object, source }: ManifestDocument): boolean =>
  object.kind === 'CustomResourceDefinition' && /(^|\/)crds\//.test(source) && !source.includes('/templates/')

const isHook = (object: JsonObject): boolean =>
  typeof valueAt(object, ['metadata', 'annotations', hookAnnotation]) === 'string'

const flattened = ({ object, source }: ManifestDocument): readonly ManifestDocument[] => {
  const { kind, items } = object
  if (typeof kind !== 'string') return []
  if (!kind.endsWith('List') || !Array.isArray(items)) return [{ object, source }]
  return items.filter(isObject).flatMap(item => flattened({ object: item, source }))
}
