import { isObject, type JsonObject, valueAt } from '../core/json.ts'
import { systemDatabases } from '../kinds/sql-database/schema.ts'
import { userSpecOf } from '../kinds/sql-user/api.ts'
import type { Charted } from './charts.ts'
import { isIdentity } from './google.ts'
import { argumentsOf, connectionsIn, containersOf, type FoundRelease } from './in-cluster.ts'
import type { FoundAccount, FoundAddress, FoundInstance, Survey } from './survey.ts'

/** A SkyPilot API server with its state in Cloud SQL, however it was put together. */
export interface SkypilotShape {
  readonly charted: Charted
  readonly instance: FoundInstance
  readonly auth: 'iam' | 'password'
  /**
   * The account that the pods act as: by their annotation, else (with a key of it, which nobody can see) the only one
   * that may connect to Cloud SQL; undefined where nobody can tell.
   */
  readonly account: FoundAccount | undefined
  readonly kubernetesServiceAccount: string
  readonly database: string
  /** The Kubernetes Secret with the web login that the ingress asks for. */
  readonly login: string | undefined
  /** The reserved address that the values give to the load balancer. */
  readonly address: FoundAddress | undefined
}

/** True for a release of the SkyPilot chart, stable or nightly. */
export const isSkypilot = ({ stored }: Charted): boolean => /^skypilot(-nightly)?$/.test(stored.chart.name)

/**
 * Recognises the shape by its wiring: the chart, the proxy’s argument, the annotation of the service account, the
 * ingress. @returns why it is not one, in words.
 */
export const skypilotShape = (charted: Charted, survey: Survey): SkypilotShape | string => {
  const { release } = charted
  const server = serverOf(release)
  if (server === undefined) return 'its API server has no Deployment'
  const [connection, ...others] = connectionsIn(server)
  if (connection === undefined) return 'no proxy connects it to Cloud SQL'
  if (others.length > 0) return `its proxies connect to ${others.length + 1} instances`
  const instance = survey.instances.find(({ instance: { name } }) => connection.endsWith(`:${name}`))
  if (instance === undefined || !connection.startsWith(`${survey.project}:`))
    return `its instance ${connection} is not in project ${survey.project}`
  const database = databaseOf(instance)
  if (database === undefined) return `nobody can tell which database of ${instance.instance.name} is its own`
  const kubernetesServiceAccount = String(valueAt(server, ['spec', 'template', 'spec', 'serviceAccountName']))
  const auth = containersOf(server).flatMap(argumentsOf).some(isAutoIam) ? 'iam' : 'password'
  return {
    charted,
    instance,
    auth,
    account: accountOf(release, kubernetesServiceAccount, survey),
    kubernetesServiceAccount,
    database,
    login: loginOf(release),
    address: addressOf(charted, survey),
  }
}

const serverOf = ({ objects }: FoundRelease): JsonObject | undefined =>
  objects.find(
    object =>
      object.kind === 'Deployment' && containersOf(object).some(({ name }) => name === 'skypilot-api'),
  )

const isAutoIam = (argument: string): boolean => /^-?-auto-iam-authn(=true)?$/.test(argument)

/** The instance's only database, or the one of the guide or the preset. */
const databaseOf = ({ databases }: FoundInstance): string | undefined => {
  const own = databases.map(({ name }) => name).filter(name => !systemDatabases.includes(name))
  return own.length === 1 ? own[0] : own.find(name => ['skypilot-db', 'skypilot'].includes(name))
}

const accountOf = (
  { objects }: FoundRelease,
  name: string,
  { accounts, project }: Survey,
): FoundAccount | undefined => {
  const kubernetes = objects.find(
    object => object.kind === 'ServiceAccount' && valueAt(object, ['metadata', 'name']) === name,
  )
  const email = valueAt(kubernetes, ['metadata', 'annotations', 'iam.gke.io/gcp-service-account'])
  const own = accounts.filter(({ account }) => account.email.includes(`@${project}.`))
  if (typeof email === 'string') return own.find(({ account }) => account.email === email)
  const clients = own.filter(({ roles }) => roles.includes('roles/cloudsql.client'))
  return clients.length === 1 ? clients[0] : undefined
}

const loginOf = ({ objects, namespace }: FoundRelease): string | undefined => {
  const secrets = objects
    .filter(({ kind }) => kind === 'Ingress')
    .map(ingress => valueAt(ingress, ['metadata', 'annotations', 'nginx.ingress.kubernetes.io/auth-secret']))
  const found = secrets.find(secret => typeof secret === 'string')
  return typeof found === 'string' ? found.replace(`${namespace}/`, '') : undefined
}

const addressOf = ({ stored }: Charted, { addresses }: Survey): FoundAddress | undefined => {
  const ip = valueAt(stored.values, ['ingress-nginx', 'controller', 'service', 'loadBalancerIP'])
  return typeof ip === 'string' && ip !== '' ? addresses.find(({ address }) => address === ip) : undefined
}

/** The users of an instance that sign in with a password, but for PostgreSQL's own. */
export const passwordUsers = ({ instance, users }: FoundInstance, project: string): readonly string[] =>
  users
    .map(user => userSpecOf(user, { project, name: instance.name }))
    .filter(user => isObject(user) && !isIdentity(user) && user.name !== 'postgres')
    .map(({ name = '' }) => String(name))
