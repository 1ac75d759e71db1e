import { SlipwayError } from '../core/problem.ts'

/** A request that planning may not send; never sent. A defect of Slipway, or an attempt to misuse it. */
export class ForbiddenKubernetesRequestError extends SlipwayError {}

const roots = new Set(['api', 'apis', 'version', 'readyz', 'livez'])
const allowedSubresources = new Set(['status', 'scale'])
const allowedQuery = new Set(['labelSelector', 'fieldSelector', 'limit', 'continue'])

/**
 * Throws unless a GET of `path` is something that the planner may see: no Secrets of any group, no subresource that
 * runs or forwards anything, no watch.
 * @throws ForbiddenKubernetesRequestError
 */
export const assertReadable = (path: string, query: Readonly<Record<string, string>> = {}): void => {
  const reason = whyForbidden(path) ?? whyForbiddenQuery(query)
  if (reason !== undefined)
    throw new ForbiddenKubernetesRequestError(`GET ${path} was not sent: planning may not ${reason}.`, {
      advice: 'This is a defect of Slipway: please report it with the kind that was planned.',
    })
}

const whyForbiddenQuery = (query: Readonly<Record<string, string>>): string | undefined => {
  const key = Object.keys(query).find(name => !allowedQuery.has(name))
  return key === undefined ? undefined : `use the query parameter ${key}`
}

const whyForbidden = (path: string): string | undefined => {
  if (!/^\/[A-Za-z0-9._~:/-]*$/.test(path) || /\/\/|\/\.{1,2}(\/|$)/.test(path)) return 'use such a path'
  const [root = '', ...rest] = path.slice(1).split('/')
  if (!roots.has(root)) return `read /${root}`
  const below = rest.slice(root === 'apis' ? 2 : 1)
  const { resource, subresource } = partsOf(below)
  if (below[0] === 'watch') return 'watch'
  if (resource === 'secrets') return 'read Secrets'
  if (subresource !== undefined && !allowedSubresources.has(subresource)) return `use ${subresource}`
  return undefined
}

/** `namespaces/N/pods/P/log` → pods, log; `nodes/N/proxy` → nodes, proxy. */
const partsOf = (
  below: readonly string[],
): { readonly resource: string | undefined; readonly subresource: string | undefined } => {
  const inNamespace = below[0] === 'namespaces' && below.length > 2
  const own = inNamespace && allowedSubresources.has(below[2] ?? '') && below.length === 3
  return inNamespace && !own
    ? { resource: below[2], subresource: below[4] }
    : { resource: below[0], subresource: below[2] }
}
