import type { Path } from '../../core/json.ts'

/**
 * How a field takes part in a merge (the list and map types of the Kubernetes schemas, which the emulator has only for
 * the fields below): a list is `atomic`, a `set` of scalars, or keyed by members of its items.
 */
export type Shape = 'atomic' | 'set' | 'granular' | { readonly keys: readonly string[] }

const byName: Shape = { keys: ['name'] }

/** Lists that are keyed wherever they appear. */
const keyed: Readonly<Record<string, Shape>> = {
  containers: byName,
  initContainers: byName,
  ephemeralContainers: byName,
  volumes: byName,
  env: byName,
  imagePullSecrets: byName,
  webhooks: byName,
  volumeMounts: { keys: ['mountPath'] },
  volumeDevices: { keys: ['devicePath'] },
  hostAliases: { keys: ['ip'] },
  topologySpreadConstraints: { keys: ['topologyKey', 'whenUnsatisfiable'] },
  conditions: { keys: ['type'] },
  ownerReferences: { keys: ['uid'] },
  finalizers: 'set',
}

/** Maps that are replaced as one. */
const atomicMaps: readonly string[] = [
  'selector',
  'nodeSelector',
  'secretKeyRef',
  'configMapKeyRef',
  'fieldRef',
  'resourceFieldRef',
  'roleRef',
  'labelSelector',
  'podSelector',
  'namespaceSelector',
  'objectSelector',
  'scopeSelector',
  'dataSource',
]

const listShape = (kind: string, path: Path): Shape => {
  const name = path.at(-1) ?? ''
  const parent = path.at(-2) ?? ''
  if (name === 'ports' && kind === 'Service' && parent === 'spec') return { keys: ['port', 'protocol'] }
  if (name === 'ports' && /containers$/i.test(parent)) return { keys: ['containerPort', 'protocol'] }
  if (name === 'secrets' && kind === 'ServiceAccount') return byName
  return keyed[name] ?? 'atomic'
}

/** The shape of the value at `path` (field names only, list items add none) of an object of this kind. */
export const shapeOf = (kind: string, path: Path, isList: boolean): Shape => {
  const own = path[0] === 'metadata' || path[0] === 'spec' || path[0] === 'status' || path[0] === 'webhooks'
  if (isList) return own || kind === 'ServiceAccount' ? listShape(kind, path) : 'atomic'
  return path.length > 1 && atomicMaps.includes(path.at(-1) ?? '') ? 'atomic' : 'granular'
}

/** The value of one key member of a list item: what the server assumes when it is left out. */
export const assumedKey = (key: string): string | undefined => (key === 'protocol' ? 'TCP' : undefined)
