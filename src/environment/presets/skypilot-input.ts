import type { Login, Names } from '../header.ts'

/** Names that the file gives, by `names:` or at the thing itself. */
export interface OwnNames extends Names {
  readonly nodes?: string | undefined
  readonly login?: string | undefined
  readonly password?: string | undefined
}

/** What the SkyPilot preset is made from; everything else about it is decided here. */
export interface SkypilotInput {
  /** The environment's name, E. */
  readonly environment: string
  readonly project: string
  /** A zone or a region. */
  readonly location: string
  /** The database's region. */
  readonly databaseRegion: string
  /** How the API server signs in to its database. */
  readonly auth: 'iam' | 'password'
  readonly login: Login | undefined
  readonly names: OwnNames
  /** The cluster is another file's, or nobody's. */
  readonly sharedCluster: boolean
  readonly autopilot: boolean
  /** Node pools that the file adds to the preset's. */
  readonly extraPools: readonly string[]
  /** False where the file switches the database's backups off: then there is no point in time to go back to. */
  readonly backedUp: boolean
  /** How the proxy reaches the database where it has no public address; undefined: by that. */
  readonly reach: 'private' | 'psc' | undefined
  /** Image of the Cloud SQL proxy. */
  readonly proxy: string
  /** The chart's version. */
  readonly version: string
  /** True if the file sets an image of its own: then the chart's version says nothing about the server's. */
  readonly ownImage: boolean
  /** False if nobody can come in from outside. */
  readonly exposed: boolean
  /** Host name of the ingress, if the file sets one. */
  readonly host: string | undefined
  readonly tls: boolean
  /** False where the file takes the preset's address away: then the balancer gets one that may change. */
  readonly reserved: boolean
  /** False where the file takes the Secret with the connection string away: then it is somebody else's. */
  readonly ownConnection: boolean
  /** False where nothing says who applies: then nobody can be allowed to use the nodes' account. */
  readonly applierKnown: boolean
}

/** Image of the Cloud SQL proxy unless `database.proxy` says otherwise; kept current by an issue template. */
export const proxyImage = 'gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.14.1'
/** Version of the chart unless `release.version` says otherwise. */
export const chartVersion = '0.13.0'
/** Lowest version of the chart that knows all the values of this preset. */
export const chartFloor = '0.12.2'

/** The names of everything that the preset makes, overrides applied. */
export const skypilotNames = ({
  environment: E,
  project,
  auth,
  names,
}: Pick<SkypilotInput, 'environment' | 'project' | 'auth' | 'names'>) => {
  const serviceAccount = names.serviceAccount ?? `${E}-skypilot`
  return {
    nodes: names.nodes ?? `${E}-nodes`,
    serviceAccount,
    kubernetesServiceAccount: names.kubernetesServiceAccount ?? `${E}-api-sa`,
    instance: names.instance ?? `${E}-skypilot`,
    database: names.database ?? 'skypilot',
    user: names.user ?? (auth === 'iam' ? `${serviceAccount}@${project}.iam` : 'skypilot'),
    namespace: names.namespace ?? 'skypilot',
    release: names.release ?? 'skypilot',
    address: `${E}-skypilot`,
    login: names.login ?? `${E}-skypilot-login`,
    password: names.password ?? `${E}-skypilot-database`,
  }
}

/** Names as `skypilotNames` gives them. */
export type SkypilotNames = ReturnType<typeof skypilotNames>

/** Name of the Kubernetes Secret that holds the connection string, key `connection_string`. */
export const connectionSecret = 'skypilot-db-connection-uri'
/** Name of the Kubernetes Secret that holds the login, key `auth`. */
export const loginSecret = 'skypilot-login'
