/** Who a request comes from. */
export interface User {
  readonly user: string
  readonly groups: readonly string[]
}

/** What somebody wants to do. */
export interface Access {
  /** get, list, watch, create, update, patch, delete, deletecollection */
  readonly verb: string
  readonly group: string
  /** Plural, with a subresource after a slash: `pods/log`. */
  readonly resource: string
  /** '' for cluster-wide objects and for all namespaces. */
  readonly namespace: string
  readonly name: string
}

/** Says whether the user may do that. */
export type Authorize = (user: User, access: Access) => boolean

/**
 * GKE's roles/container.viewer: reads every object but Secrets, custom resources included (`container.PLURAL.get`, `.list`,
 * `container.thirdPartyObjects`). Of what is behind an object it sees the status and the scale (`getStatus`, `getScale`), no
 * logs, and nothing that reaches into a pod, though Kubernetes calls some of that `get` (`exec`, `portForward`, `proxy`).
 */
export const viewer: Authorize = (_, { verb, group, resource }) => {
  const [plural, subresource = ''] = resource.split('/')
  const isSecret = group === '' && plural === 'secrets'
  return ['get', 'list', 'watch'].includes(verb) && !isSecret && ['', 'status', 'scale'].includes(subresource)
}

/** GKE's roles/container.admin: everything, to hand on what one does not hold (`clusterRoles.escalate`, `bind`) included. */
export const admin: Authorize = () => true

/** The rules of the first group of the user that is in the table; nobody else may do anything. */
export const byGroup =
  (rules: Readonly<Record<string, Authorize>>): Authorize =>
  (user, access) =>
    user.groups.some(group => rules[group]?.(user, access) === true)

const permissionVerbs: Readonly<Record<string, string>> = {
  watch: 'list',
  patch: 'update',
  deletecollection: 'delete',
}

/** The end of GKE's refusal: which IAM permission would have allowed it. */
const requiredPermission = ({ verb, resource }: Access): string => {
  const [plural = '', sub] = resource.split('/')
  const part = sub === 'log' ? `${plural}.getLogs` : `${plural}.${permissionVerbs[verb] ?? verb}`
  return `requires one of ["container.${part}"] permission(s).`
}

/** `cannot list resource "secrets" in API group "" in the namespace "x"`, as the real server words it. */
export const refusal = (user: User, access: Access): string => {
  const where = access.namespace === '' ? 'at the cluster scope' : `in the namespace "${access.namespace}"`
  const what = `cannot ${access.verb} resource "${access.resource}" in API group "${access.group}" ${where}`
  return `User "${user.user}" ${what}: ${requiredPermission(access)}`
}
