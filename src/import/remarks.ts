import { splitDescription } from '../kinds/service-account/api.ts'
import { markOf } from '../kinds/shared/labels.ts'
import { counted, listed } from '../render/text.ts'
import type { Left } from './draft.ts'
import { ownerOf } from './google.ts'
import { markIn } from './in-cluster.ts'
import type { Chosen } from './long.ts'
import { passwordUsers } from './skypilot-shape.ts'

/** What is there and stays out of the file, whatever its form. */
export const remarks = (chosen: Chosen): readonly Left[] => {
  const { survey, instance, cluster } = chosen
  const clusters = survey.clusters.filter(one => one !== cluster).map(({ name }) => name)
  const instances = survey.instances.filter(one => one !== instance)
  const users = instance === undefined ? [] : passwordUsers(instance, survey.project)
  return [
    ...(cluster !== undefined && ownerOf(cluster) !== null
      ? [
          {
            what: `the cluster ${cluster.name}`,
            why: `it belongs to environment ${ownerOf(cluster)}: it is used, not taken over`,
          },
        ]
      : []),
    ...some(clusters, 'cluster', 'an environment has one; import them by their names'),
    ...some(
      instances.map(({ instance: one }) => one.name),
      'Cloud SQL instance',
      'an environment has one, of PostgreSQL; name it with --instance if this is the one',
    ),
    ...some(
      users,
      'database user',
      'their passwords cannot be read back; add them with a secret of their own',
    ),
    ...some(
      survey.secrets,
      'secret of Secret Manager',
      'they stay as they are; name one where something reads it',
    ),
    ...owned(chosen),
  ]
}

const some = (names: readonly string[], what: string, why: string): readonly Left[] =>
  names.length === 0 ? [] : [{ what: `${counted(names.length, what)} (${listed(names, 5)})`, why }]

/** What carries another environment's mark. */
const owned = ({ survey, inside }: Chosen): readonly Left[] => {
  const marks = [
    ...survey.accounts.map(
      ({ account }) => [account.email, splitDescription(account.description).mark] as const,
    ),
    ...survey.addresses.map(({ name, facts }) => [`the address ${name}`, markOf(facts.labels)] as const),
    ...inside.namespaces.map(
      namespace =>
        [
          `the namespace ${String((namespace.metadata as { name?: string }).name)}`,
          markIn(namespace),
        ] as const,
    ),
  ]
  return marks.flatMap(([what, mark]) =>
    mark === null ? [] : [{ what, why: `it belongs to environment ${mark} already` }],
  )
}
