import { isObject, type JsonObject, type Path, valueAt } from '../core/json.ts'
import { skypilotServices } from '../environment/presets/skypilot-google.ts'
import { splitDescription } from '../kinds/service-account/api.ts'
import type { ApiCluster } from '../kinds/shared/gke/clusters.ts'
import { markOf, ownLabels } from '../kinds/shared/labels.ts'
import { regionOf } from '../kinds/shared/places.ts'
import { type Charted, secretsIn } from './charts.ts'
import { type Draft, draftOf, type Left, leave, put } from './draft.ts'
import { clusterSection, databaseSection, poolSection } from './google.ts'
import { type Inside, markIn } from './in-cluster.ts'
import { isPrintable, named } from './names.ts'
import type { FoundAccount, FoundInstance, Survey } from './survey.ts'

/** What a long file is made of. */
export interface Chosen {
  readonly survey: Survey
  /** A zone or a region. */
  readonly location: string
  readonly cluster: ApiCluster | undefined
  /** The cluster belongs to another environment: it is used, not taken over. */
  readonly shared: boolean
  readonly instance: FoundInstance | undefined
  readonly inside: Inside
  readonly charted: readonly Charted[]
}

/** The APIs that kinds work with (the preset needs all of them) and that are on. */
const servicesOf = (survey: Survey): readonly string[] =>
  skypilotServices.filter(service => survey.services.has(service))

/** A file that says everything itself: only what a new thing would not have by itself. */
export const longDraft = (name: string | undefined, chosen: Chosen): Draft => {
  const { survey, location } = chosen
  const on = servicesOf(survey)
  const sections: JsonObject = {
    ...(name === undefined ? {} : { name }),
    project: survey.project,
    location,
    ...(on.length === 0 ? {} : { services: on }),
    ...nonEmpty('serviceAccounts', accounts(survey)),
    ...clusterSections(chosen),
    ...nonEmpty('addresses', addresses(chosen)),
    ...(chosen.instance === undefined
      ? {}
      : { database: databaseSection(chosen.instance, survey.project, location) }),
    ...nonEmpty('namespaces', namespaces(chosen)),
  }
  return withReleases(onlyPrintable(draftOf(sections)), chosen.charted)
}

const nonEmpty = (section: string, entries: JsonObject): JsonObject =>
  Object.keys(entries).length === 0 ? {} : { [section]: entries }

/** Accounts of our own are not the environment's. */
const isOurs = (email: string): boolean => /^slipway-(planner|applier)@/.test(email)

const accounts = ({ accounts: all, project }: Survey): JsonObject => {
  const own = all.filter(
    ({ account: { email, description } }) =>
      splitDescription(description).mark === null && !isOurs(email) && email.includes(`@${project}.`),
  )
  const idOf = ({ account }: FoundAccount) => account.email.replace(/@.*/, '')
  return Object.fromEntries(
    named(own, idOf).map(([item, found]) => [item, accountEntry(item, idOf(found), found)]),
  )
}

const accountEntry = (item: string, id: string, { account, roles, workloads }: FoundAccount): JsonObject => ({
  ...(id === item ? {} : { id }),
  ...(account.displayName ? { displayName: account.displayName } : {}),
  ...(account.description ? { description: splitDescription(account.description).text } : {}),
  ...(account.disabled === true ? { disabled: true } : {}),
  ...(roles.length === 0 ? {} : { roles }),
  ...(workloads.length === 0 ? {} : { workloadIdentity: workloads }),
})

const clusterSections = ({ cluster, shared, survey, location }: Chosen): JsonObject => {
  if (cluster === undefined) return {}
  if (shared) return { cluster: { use: cluster.name } }
  return {
    cluster: clusterSection(cluster, survey.project, location),
    ...nonEmpty('nodePools', poolSection(cluster)),
  }
}

const addresses = ({ survey, location }: Chosen): JsonObject => {
  const own = survey.addresses.filter(
    ({ facts }) => markOf(facts.labels) === null && (facts.addressType ?? 'EXTERNAL') === 'EXTERNAL',
  )
  const entries = named(own, ({ name }) => name).map(([item, { name, region, facts }]) => [
    item,
    {
      ...(name === item ? {} : { name }),
      ...(region === regionOf(location) ? {} : { region }),
      tier: facts.networkTier ?? 'PREMIUM',
      ...(facts.description ? { description: facts.description } : {}),
      ...nonEmpty('labels', ownLabels(facts.labels)),
    },
  ])
  return Object.fromEntries(entries) as JsonObject
}

/** Kubernetes’ own namespaces, and GKE’s. */
const isSystem = (name: string): boolean =>
  /^(default|kube-.*|gke-.*|gmp-.*|config-management-.*|cnrm-.*)$/.test(name)

const namespaces = ({ inside }: Chosen): JsonObject =>
  Object.fromEntries(
    inside.namespaces
      .filter(namespace => markIn(namespace) === null)
      .map(namespace => String(valueAt(namespace, ['metadata', 'name'])))
      .filter(name => !isSystem(name))
      .map(name => [name, {}]),
  )

const withReleases = (draft: Draft, all: readonly Charted[]): Draft =>
  all.reduce((made, { release, stored, repository }) => {
    const secret = secretsIn(stored)
    const what = `the Helm release ${release.name} in ${release.namespace}`
    if (isSystem(release.namespace) && release.namespace !== 'default')
      return leave(made, { what, why: 'that namespace is Kubernetes’ own' })
    if (secret.length > 0)
      return leave(made, {
        what,
        why: `its values hold what looks like a secret (${secret.join(', ')}): put that into a Kubernetes Secret, give the chart its name, and run this again`,
      })
    const namespace = {
      ...(valueAt(made.document, ['namespaces', release.namespace]) as JsonObject | undefined),
    }
    const entry: JsonObject = {
      repository,
      chart: stored.chart.name,
      version: stored.chart.version,
      namespace: release.namespace,
      ...nonEmpty('values', stored.values),
    }
    if (!isPrintable(entry))
      return leave(made, { what, why: 'its values hold characters that cannot be seen' })
    const placed = put(made, ['namespaces', release.namespace], namespace)
    return put(placed, ['releases', release.name], entry)
  }, draft)

/** How deep entries with names of their own lie: what cannot be written takes its whole entry with it. */
const entryDepth = (section: string): number => (section === 'database' ? 3 : 2)

/** Leaves out what a file cannot hold: names and texts with characters that cannot be seen. */
const onlyPrintable = (draft: Draft): Draft => {
  const left: Left[] = []
  const pruned = (value: JsonObject, path: Path): JsonObject =>
    Object.fromEntries(
      Object.entries(value).flatMap(([key, member]) => {
        const at = [...path, key]
        if (isPrintable({ [key]: member })) return [[key, member]]
        if (isPrintable(key) && isObject(member) && at.length < entryDepth(at[0] ?? ''))
          return [[key, pruned(member, at)]]
        left.push({ what: at.join('.'), why: 'it holds characters that cannot be seen' })
        return []
      }),
    ) as JsonObject
  const document = pruned(draft.document, [])
  return leave({ ...draft, document }, ...left)
}
