import { type JsonObject, valueAt, withValueAt } from '../core/json.ts'
import { loadEnvironment } from '../environment/load.ts'
import { chartVersion, connectionSecret, loginSecret } from '../environment/presets/skypilot-input.ts'
import { regionOf } from '../kinds/shared/places.ts'
import { instanceSpecOf } from '../kinds/sql-instance/api.ts'
import { type Draft, draftOf, drop, leave, put } from './draft.ts'
import type { SkypilotShape } from './skypilot-shape.ts'
import { textOf } from './text.ts'
import { overValues } from './values.ts'

/** Where the short file goes. */
export interface ShortPlace {
  readonly environment: string
  /** The line `name:`, where the file's own name does not say it. */
  readonly named: boolean
  readonly project: string
  readonly location: string
  readonly cluster: string
}

const presetRepository = 'https://helm.skypilot.co'

/** Where the chart keeps a web login: it stays in the cluster, and never gets into the file. */
export const loginHash = ['ingress', 'authCredentials'] as const

/** The file with `app: skypilot` that takes a SkyPilot API server over as it is, before it is fitted to a plan. */
export const shortDraft = (place: ShortPlace, shape: SkypilotShape): Draft => {
  const header = draftOf({
    ...(place.named ? { name: place.environment } : {}),
    app: 'skypilot',
    project: place.project,
    location: place.location,
    state: 'cloudsql',
    names: names(place, shape),
    cluster: { use: place.cluster },
  })
  const steps = [withDatabase, withConnection, withLogin, withAddress, withChart, withValues, withHealth]
  return steps.reduce((draft, step) => step(draft, place, shape), header)
}

type Step = (draft: Draft, place: ShortPlace, shape: SkypilotShape) => Draft

const names = ({ environment }: ShortPlace, shape: SkypilotShape): JsonObject => {
  const { charted, account, instance } = shape
  const { release } = charted
  const all = {
    serviceAccount: account?.account.email.replace(/@.*/, '') ?? `${environment}-skypilot`,
    kubernetesServiceAccount: shape.kubernetesServiceAccount,
    instance: instance.instance.name,
    database: shape.database,
    namespace: release.namespace,
    release: release.name,
  }
  const usual: Readonly<Record<string, string>> = {
    serviceAccount: `${environment}-skypilot`,
    kubernetesServiceAccount: `${environment}-api-sa`,
    instance: `${environment}-skypilot`,
    database: 'skypilot',
    namespace: 'skypilot',
    release: 'skypilot',
  }
  return Object.fromEntries(Object.entries(all).filter(([key, name]) => usual[key] !== name))
}

const withDatabase: Step = (draft, { location, project }, { auth, instance, account }) => {
  const { region } = instanceSpecOf(instance.instance, project)
  const placed =
    typeof region === 'string' && region !== regionOf(location)
      ? put(draft, ['database', 'region'], region)
      : draft
  const why = 'nobody can tell which account its pods act as'
  const acting = account === undefined ? put(placed, ['serviceAccounts'], { skypilot: null }, why) : placed
  if (auth === 'iam') return acting
  const signed = put(acting, ['database', 'auth'], 'password')
  const left = put(signed, ['database', 'users'], { skypilot: null }, 'its password cannot be read back')
  return put(left, ['secrets'], { database: null })
}

const withConnection: Step = (draft, _, { charted: { release, stored } }) => {
  const secret = valueAt(stored.values, ['apiService', 'dbConnectionSecretName'])
  const path = ['namespaces', release.namespace, 'secrets', connectionSecret]
  const what = `the Secret ${typeof secret === 'string' ? secret : connectionSecret}`
  const why = 'it stays as it is; take the line away and Slipway makes it, which rolls the pods'
  return put(draft, path, null, `${what}: ${why}`)
}

const withLogin: Step = (draft, _, { charted: { release, stored }, login }) => {
  if (login !== undefined) {
    const comment = 'the web login, which nobody can read back'
    return withHash(
      put(draft, ['login'], { kubernetesSecret: login }, comment),
      login,
      release.namespace,
      stored.values,
    )
  }
  const why = 'the ingress asks for no login'
  const none = put(draft, ['namespaces', release.namespace, 'secrets', loginSecret], null, why)
  return put(none, ['secrets', 'login'], null)
}

/** Where the preset would ask the server with a login that nobody made, it does not ask. */
const withHealth: Step = (draft, _, { charted: { stored }, login, address }) => {
  const asked = address !== undefined || isText(valueAt(stored.values, ['ingress', 'host']))
  return login === undefined && asked ? put(draft, ['release', 'health'], null) : draft
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''

const withHash = (draft: Draft, login: string, namespace: string, values: JsonObject): Draft =>
  valueAt(values, loginHash) === undefined
    ? draft
    : leave(draft, {
        what: `ingress.authCredentials of the release (the hash of a password)`,
        why: `the chart's Secret ${login} holds it. Before the release changes for the first time, keep that Secret: kubectl annotate secret ${login} --namespace ${namespace} helm.sh/resource-policy=keep`,
      })

const withAddress: Step = (draft, { environment, location }, { address }) => {
  const path = ['addresses', environment]
  if (address === undefined)
    return put(draft, path, null, 'the load balancer’s address is not reserved: it may change')
  const region = address.region === regionOf(location) ? {} : { region: address.region }
  return put(draft, path, { name: address.name, ...region })
}

const withChart: Step = (draft, _, { charted: { stored, repository } }) => {
  const { name, version } = stored.chart
  const chart = {
    ...(repository === presetRepository ? {} : { repository }),
    ...(name === 'skypilot' ? {} : { chart: name }),
    ...(version === chartVersion ? {} : { version }),
  }
  return Object.entries(chart).reduce((made, [key, value]) => put(made, ['release', key], value), draft)
}

/** Compares with the values that the preset would give under these lines. */
const withValues: Step = (draft, { environment }, { charted, login, address }) => {
  const { stored, chart, release } = charted
  const preset = presetValues(draft, environment, release.name)
  if (preset === undefined) return draft
  const kept = drop(draftOf(stored.values), loginHash).document
  const signed = login === undefined ? kept : withValueAt(kept, ['ingress', 'authSecret'], login)
  const balanced =
    address === undefined
      ? signed
      : withValueAt(
          signed,
          ['ingress-nginx', 'controller', 'service', 'loadBalancerIP'],
          valueAt(preset, ['ingress-nginx', 'controller', 'service', 'loadBalancerIP']) ?? '',
        )
  const over = overValues(preset, balanced, chart.values)
  return Object.keys(over).length === 0 ? draft : put(draft, ['release', 'values'], over)
}

const presetValues = (draft: Draft, environment: string, release: string): JsonObject | undefined => {
  const loaded = loadEnvironment(`environments/${environment}.yaml`, textOf({ ...draft, left: [] }, []))
  if ('problems' in loaded) return undefined
  const found = loaded.environment.resources.find(({ address }) => address === `release/${release}`)
  return valueAt(found?.spec, ['values']) as JsonObject | undefined
}
