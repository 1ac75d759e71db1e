import { isObject, type JsonObject } from '../../../core/json.ts'
import { listAt, nameOf, namespaceOf, objectAt, textAt } from '../object.ts'
import { containersOf } from '../pod-defaults.ts'
import { resourceOf } from '../resources.ts'
import type { World } from '../world.ts'

/** True when the behaviour that is set applies to this pod. */
export const fails = (world: World, pod: JsonObject): boolean =>
  world.behaviour.only === undefined
    ? textAt(pod, 'spec', 'restartPolicy') === 'Always'
    : nameOf(pod).startsWith(world.behaviour.only)

/** The scheduler's message about a claim that is missing or not bound. */
export const unboundClaim = (world: World, pod: JsonObject): string | undefined => {
  for (const volume of listAt(pod, 'spec', 'volumes')) {
    const name = textAt(volume, 'persistentVolumeClaim', 'claimName')
    if (name === '') continue
    const claim = world.store.get(resourceOf('PersistentVolumeClaim'), namespaceOf(pod), name)
    if (claim === undefined) return `0/1 nodes are available: persistentvolumeclaim "${name}" not found.`
    if (textAt(claim, 'status', 'phase') !== 'Bound')
      return '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.'
  }
  return undefined
}

interface Input {
  readonly kind: 'Secret' | 'ConfigMap'
  readonly name: string
  readonly key: string
}

const inputsOf = (pod: JsonObject): readonly Input[] => {
  const environment = containersOf(objectAt(pod, 'spec')).flatMap(container => listAt(container, 'env'))
  const references = environment.flatMap(entry =>
    (['secretKeyRef', 'configMapKeyRef'] as const).map(key => ({
      key,
      reference: objectAt(entry, 'valueFrom', key),
    })),
  )
  const fromEnvironment = references
    .filter(({ reference }) => textAt(reference, 'name') !== '' && reference.optional !== true)
    .map(
      ({ key, reference }): Input => ({
        kind: key === 'secretKeyRef' ? 'Secret' : 'ConfigMap',
        name: textAt(reference, 'name'),
        key: textAt(reference, 'key'),
      }),
    )
  const volumes = listAt(pod, 'spec', 'volumes').filter(isObject)
  const fromVolumes = volumes.flatMap((volume): readonly Input[] => {
    const optional =
      objectAt(volume, 'secret').optional === true || objectAt(volume, 'configMap').optional === true
    const secret = textAt(volume, 'secret', 'secretName')
    const map = textAt(volume, 'configMap', 'name')
    if (optional) return []
    return secret !== ''
      ? [{ kind: 'Secret', name: secret, key: '' }]
      : map !== ''
        ? [{ kind: 'ConfigMap', name: map, key: '' }]
        : []
  })
  return [...fromEnvironment, ...fromVolumes]
}

/** What the kubelet says of a Secret or ConfigMap (or a key in it) that the pod needs and that is not there. */
export const missingInput = (world: World, pod: JsonObject): string | undefined => {
  for (const { kind, name, key } of inputsOf(pod)) {
    const found = world.store.get(resourceOf(kind), namespaceOf(pod), name)
    if (found === undefined) return `${kind.toLowerCase()} "${name}" not found`
    if (key !== '' && objectAt(found, 'data')[key] === undefined)
      return `couldn't find key ${key} in ${kind} ${namespaceOf(pod)}/${name}`
  }
  return undefined
}
