import { type JsonObject, valueAt } from '../../core/json.ts'
import type { Note } from '../../core/plan.ts'
import type { Problem } from '../../core/problem.ts'
import { type Check, type Checked, objectAt, placeIn } from './check.ts'
import { type SkypilotRelease, skypilotReleases } from './skypilot-release.ts'

/** The Kubernetes Secrets that the chart reads must hold the key that it looks for. */
export const checkSecretKeys: Check = checked => {
  const found = skypilotReleases(checked.document).flatMap(release =>
    wanted.map(({ path, key }) => checkOne(checked, release, path, key)),
  )
  return {
    problems: found.flatMap(({ problem }) => problem ?? []),
    notes: found.flatMap(({ note }) => note ?? []),
  }
}

const wanted = [
  { path: ['apiService', 'dbConnectionSecretName'], key: 'connection_string' },
  { path: ['ingress', 'authSecret'], key: 'auth' },
] as const

const checkOne = (
  checked: Checked,
  { name, path, namespace, values }: SkypilotRelease,
  at: readonly string[],
  key: string,
): { readonly problem?: Problem; readonly note?: Note } => {
  const secret = valueAt(values, at)
  if (typeof secret !== 'string' || secret === '') return {}
  const position = placeIn(checked, [...path, 'values', ...at])
  const secrets = objectAt(checked.document, ['namespaces', namespace, 'secrets'])
  if (!Object.hasOwn(secrets, secret)) {
    const message = `release/${name} reads the Kubernetes Secret ${secret}, which this file does not make.`
    const advice = `It must be there, in namespace ${namespace}, with the key ${key}; nobody checks that before the release.`
    return { note: { level: 'warning', message, advice, source: position, address: `release/${name}` } }
  }
  if (Object.hasOwn(objectAt(secrets, [secret, 'data']), key)) return {}
  return {
    problem: {
      message: `${at.at(-1)}: the Secret ${secret} has no key ${key}, which the chart reads.`,
      advice: `Add it: namespaces.${namespace}.secrets.${secret}.data.${key}.`,
      position,
    },
  }
}

/** The account that a release's pods act as must be bound to the Kubernetes service account that they run as. */
export const checkWorkloadIdentity: Check = checked => ({
  problems: skypilotReleases(checked.document).flatMap(release => unbound(checked, release)),
})

const annotation = ['rbac', 'serviceAccountAnnotations', 'iam.gke.io/gcp-service-account']

const unbound = (checked: Checked, { path, namespace, values }: SkypilotRelease): readonly Problem[] => {
  const email = valueAt(values, annotation)
  const account = valueAt(values, ['rbac', 'serviceAccountName'])
  if (typeof email !== 'string' || typeof account !== 'string') return []
  const owned = Object.values(objectAt(checked.document, ['serviceAccounts'])) as readonly JsonObject[]
  const own = owned.find(
    ({ id }) => email === `${String(id)}@${checked.header.project}.iam.gserviceaccount.com`,
  )
  const pair = `${namespace}/${account}`
  const bound = own?.workloadIdentity
  if (own === undefined || (Array.isArray(bound) && bound.includes(pair))) return []
  return [
    {
      message: `serviceAccountName: ${pair} may not act as ${email}: its \`workloadIdentity\` does not list it.`,
      advice: 'Use `names.kubernetesServiceAccount`, which sets both, or add the pair to the list.',
      position: placeIn(checked, [...path, 'values', 'rbac', 'serviceAccountName']),
    },
  ]
}
