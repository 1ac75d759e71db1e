import type { JsonObject } from '../core/json.ts'
import { type Problem, ProblemsError, SlipwayError } from '../core/problem.ts'
import type { Outputs } from '../core/reference.ts'
import type { Address, Observed, Resource } from '../core/resource.ts'
import type { EffectRule } from '../core/rules.ts'
import { GcpError } from '../gcp/port.ts'
import {
  type ClusterName,
  KubernetesError,
  type KubernetesReader,
  type KubernetesReaders,
} from '../kubernetes/port.ts'
import type { Item, Work } from './kind.ts'
import { type Marks, partsOf } from './shared/identity.ts'
import { hidden } from './shared/unseen.ts'

/** The label by which objects in a cluster carry our mark. */
export const markLabel = 'slipway.dev/environment'

/**
 * True for a write under a precondition that somebody overtook, or of which nobody knows whether it was taken: what is
 * there has to be read again. An admission webhook that does not answer (500, too) lets nothing pass: that is told at once.
 */
export const isRaceOrLost = (error: unknown): boolean =>
  error instanceof KubernetesError &&
  (error.status === 409 || error.status === 0 || error.status >= 500) &&
  !/failed calling webhook/.test(error.message)

/** The cluster that an item goes to. @throws ProblemsError if the file names none. */
export const clusterFor = ({ name, scope, sources }: Item<unknown>, kind: string): ClusterName => {
  if (scope.cluster !== undefined) {
    const { project, location, name: cluster } = scope.cluster
    return { project, location, name: cluster }
  }
  const position = sources['']
  throw new ProblemsError([
    {
      message: `${kind}/${name} needs a cluster, and the file names none.`,
      advice: 'Add `cluster:` with its fields, or `cluster: {use: NAME}` for one that exists.',
      ...(position !== undefined && 'file' in position ? { position } : {}),
    },
  ])
}

/** What must be there before anything can be put into the cluster. */
export const clusterAddress = ({ scope }: Item<unknown>): readonly Address[] =>
  scope.cluster?.address === undefined ? [] : [scope.cluster.address]

/** The identity of something in a cluster; `path` as in `namespaces/skypilot`. */
export const identityIn = ({ project, location, name }: ClusterName, path: string): string =>
  `//container.googleapis.com/projects/${project}/locations/${location}/clusters/${name}/k8s/${path}`

/** The cluster of an identity inside one, as specs hold it, and the parts of `path`, as in `namespaces/{namespace}`. */
export const partsIn = (
  path: string,
  identity: string,
): { readonly cluster: JsonObject; readonly parts: Readonly<Record<string, string>> } | undefined => {
  const place = { project: '{project}', location: '{location}', name: '{cluster}' }
  const found = partsOf(identityIn(place, path), identity)
  if (found === undefined) return undefined
  const { project = '', location = '', cluster: name = '', ...parts } = found
  return { cluster: clusterSpec({ project, location, name }), parts }
}

/** A cluster as specs hold it. */
export const clusterSpec = ({ project, location, name }: ClusterName): JsonObject => ({
  project,
  location,
  name,
})

/** The cluster of a spec. @throws TypeError for a defect: specs are made by us. */
export const clusterOf = ({ cluster }: JsonObject): ClusterName => {
  const { project, location, name } = (cluster ?? {}) as JsonObject
  if (typeof project !== 'string' || typeof location !== 'string' || typeof name !== 'string')
    throw new TypeError('cluster of a spec must name project, location and name')
  return { project, location, name }
}

/** What moving something to another cluster does: it is another thing, so its identity changes instead. */
export const fixedPlace: EffectRule = { effect: 'refused', words: 'it is part of what names it' }

/** Looks at each resource with its cluster's reader; a cluster that is not there holds nothing. */
export const observeEach = async (
  resources: readonly Resource[],
  readers: KubernetesReaders,
  look: (resource: Resource, reader: KubernetesReader) => Promise<Observed>,
): Promise<ReadonlyMap<Address, Observed>> => {
  const one = async (resource: Resource): Promise<Observed> => {
    try {
      const reader = await readers.reader(clusterOf(resource.spec))
      return reader === undefined ? { state: 'absent' } : await look(resource, reader)
    } catch (error) {
      return { state: 'unknown', problem: problemOf(resource, error) }
    }
  }
  const seen = await Promise.all(
    resources.map(async resource => [resource.address, await one(resource)] as const),
  )
  return new Map(seen)
}

/** Marks (identity, environment) of what is in the clusters that resources are inside of; no other need answer. */
export const marksInClusters = async (
  resources: readonly Resource[],
  readers: KubernetesReaders,
  look: (reader: KubernetesReader, cluster: ClusterName) => Promise<Iterable<readonly [string, string]>>,
): Promise<Marks> => {
  const inside = resources.filter(({ identity }) => identity.includes('/k8s/'))
  const clusters = new Map(inside.map(({ spec }) => [JSON.stringify(spec.cluster), clusterOf(spec)]))
  const found = await Promise.all(
    [...clusters.values()].map(async cluster => {
      const reader = await readers.reader(cluster)
      return reader === undefined ? [] : [...(await look(reader, cluster))]
    }),
  )
  return new Map(found.flat())
}

/** Why something in a cluster cannot be seen, in words and with what to do. */
export const problemOf = ({ address, spec }: Pick<Resource, 'address' | 'spec'>, error: unknown): Problem => {
  if (error instanceof GcpError && error.failure === 'forbidden') {
    const { project } = clusterOf(spec)
    const view = { address, project, permission: 'container.clusters.list', role: 'roles/container.viewer' }
    return { address, ...hidden(error, view) }
  }
  const answer = error instanceof Error ? error.message : String(error)
  const forbidden = error instanceof KubernetesError && (error.status === 403 || error.status === 401)
  const advice = forbidden
    ? 'Grant the planner roles/container.viewer on the project.'
    : error instanceof SlipwayError
      ? error.advice
      : undefined
  return {
    address,
    message: forbidden
      ? `${address} is hidden from the planner: ${answer}`
      : `${address} cannot be seen: ${answer}`,
    ...(advice === undefined ? {} : { advice }),
  }
}

/** Carries out works side by side and gathers their outputs. */
export const eachWork = async (
  works: readonly Work[],
  carryOut: (work: Work) => Promise<Outputs>,
): Promise<ReadonlyMap<Address, Outputs>> => {
  const done = await Promise.all(works.map(async work => [work.address, await carryOut(work)] as const))
  return new Map(done)
}
