import { SlipwayError } from '../core/problem.ts'
import type { ApiCluster } from '../kinds/shared/gke/clusters.ts'
import { instanceMark } from '../kinds/sql-instance/api.ts'
import type { Left } from './draft.ts'
import type { FoundInstance, Survey } from './survey.ts'

const placeOf = ({ location, name }: ApiCluster): string => `${location}/${name}`

/** The cluster that is meant, or the only one. @throws SlipwayError if it is not there, or several could be meant. */
export const chosenCluster = (survey: Survey, wanted: string | undefined): ApiCluster | undefined => {
  const { clusters, project } = survey
  const found = clusters.filter(
    cluster => wanted === undefined || cluster.name === wanted || placeOf(cluster) === wanted,
  )
  const known = clusters.map(placeOf).join(', ')
  if (found.length > 1)
    throw new SlipwayError(`Project ${project} has ${found.length} clusters that could be meant: ${known}.`, {
      advice: `Name one: slipway import ${project} ${placeOf(found[0] as ApiCluster)}`,
    })
  if (wanted !== undefined && found.length === 0)
    throw new SlipwayError(`There is no cluster ${wanted} in project ${project}.`, {
      advice: `There are: ${known || 'none that you can see'}.`,
    })
  return found[0]
}

/** True for a PostgreSQL instance that stands alone and is nobody's yet. */
export const isCandidate = ({ instance }: FoundInstance): boolean =>
  (instance.instanceType ?? 'CLOUD_SQL_INSTANCE') === 'CLOUD_SQL_INSTANCE' &&
  String(instance.databaseVersion).startsWith('POSTGRES_') &&
  instanceMark(instance) === null

/**
 * The instance that is meant, or the only one that the cluster's pods connect to, or the only one; undefined where that
 * says nothing. @throws SlipwayError if the one that is named is not there.
 */
export const chosenInstance = (
  { instances, project }: Survey,
  wanted: string | undefined,
  connections: readonly string[],
): FoundInstance | undefined => {
  if (wanted !== undefined) {
    const found = instances.find(({ instance }) => instance.name === wanted)
    if (found !== undefined) return found
    throw new SlipwayError(`There is no Cloud SQL instance ${wanted} in project ${project}.`, {
      advice: `There are: ${instances.map(({ instance }) => instance.name).join(', ') || 'none that you can see'}.`,
    })
  }
  const candidates = instances.filter(isCandidate)
  const used = candidates.filter(({ instance }) =>
    connections.some(
      connection => connection.startsWith(`${project}:`) && connection.endsWith(`:${instance.name}`),
    ),
  )
  if (used.length === 1) return used[0]
  return candidates.length === 1 ? candidates[0] : undefined
}

/** Ends with what could not be found. @throws SlipwayError always. */
export const nothingFound = ({ project }: Survey, unseen: readonly Left[]): never => {
  const hidden = unseen.map(({ what, why }) => `${what}: ${why}`)
  throw new SlipwayError(
    hidden.length === 0
      ? `Project ${project} has neither a cluster nor a Cloud SQL instance that could be taken over.`
      : `Nothing that could be taken over is to be seen in project ${project}. ${hidden.join('. ')}.`,
    {
      advice:
        hidden.length === 0
          ? 'For a new environment four lines are enough: see the README.'
          : 'Ask for the permissions that are named above; roles/viewer and roles/iam.securityReviewer hold them.',
    },
  )
}
