import { isObject, type Json, type JsonObject, valueAt } from '../../../src/core/json.ts'
import type { ControlPlane } from './start.ts'

/** Where there is something to look at. */
export interface Place {
  readonly plane: ControlPlane
}

/** Path of an object of a group in a namespace: `deployments` etc. */
export const paths = {
  deployment: (namespace: string, name: string) =>
    `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`,
  configMap: (namespace: string, name: string) => `/api/v1/namespaces/${namespace}/configmaps/${name}`,
  service: (namespace: string, name: string) => `/api/v1/namespaces/${namespace}/services/${name}`,
  claim: (namespace: string, name: string) =>
    `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${name}`,
  ingress: (namespace: string, name: string) =>
    `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/${name}`,
  pods: (namespace: string) => `/api/v1/namespaces/${namespace}/pods`,
} as const

/** A field of a live object; undefined if either is not there. */
export const fieldAt = async (
  { plane }: Place,
  path: string,
  ...field: readonly string[]
): Promise<Json | undefined> => valueAt(await plane.admin.get(path), field)

/** Helm's revisions of a release, oldest first: `3 deployed`. */
export const revisions = async (
  { plane }: Place,
  namespace: string,
  release: string,
): Promise<readonly string[]> => {
  const secrets = await plane.admin.items(
    `/api/v1/namespaces/${namespace}/secrets?labelSelector=owner%3Dhelm`,
  )
  const label = (secret: JsonObject, key: string): string =>
    String(valueAt(secret, ['metadata', 'labels', key]) ?? '')
  return secrets
    .filter(secret => label(secret, 'name') === release)
    .toSorted((a, b) => Number(label(a, 'version')) - Number(label(b, 'version')))
    .map(secret => `${label(secret, 'version')} ${label(secret, 'status')}`)
}

/** How often a Deployment was rolled: its revision. */
export const rolls = async (world: Place, namespace: string, name: string): Promise<number> =>
  Number(
    await fieldAt(
      world,
      paths.deployment(namespace, name),
      'metadata',
      'annotations',
      'deployment.kubernetes.io/revision',
    ),
  )

/** How many pods of a Deployment serve. */
export const serving = async (world: Place, namespace: string, name: string): Promise<number> =>
  Number((await fieldAt(world, paths.deployment(namespace, name), 'status', 'availableReplicas')) ?? 0)

/** The objects of a list inside an object. */
export const listIn = (object: JsonObject, ...field: readonly string[]): readonly JsonObject[] => {
  const found = valueAt(object, field)
  return Array.isArray(found) ? found.filter(isObject) : []
}
