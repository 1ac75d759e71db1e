import { readFile } from 'node:fs/promises'
import { GoogleAuth, IdentityPoolClient } from 'google-auth-library'
import { SlipwayError } from '../core/problem.ts'
import { endpointOf } from './endpoints.ts'

/** Where access tokens come from. */
export interface Credentials {
  /** A token that is valid for at least another minute. @throws CredentialsError */
  token(): Promise<string>
  /** E-mail of the identity, where it is known without a call. */
  readonly email: string | undefined
}

/** No token could be had; the message says from where and why. */
export class CredentialsError extends SlipwayError {}

const scope = 'https://www.googleapis.com/auth/cloud-platform'

/** Renewed a minute before they end: with the library's 5 minutes a federated token would be renewed at every call. */
const eagerRefreshThresholdMillis = 60_000

/** Direct federation, or impersonation where `serviceAccount` is given: GitHub's OIDC token for a Google one. */
export interface Federation {
  /** `projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER` */
  readonly provider: string
  readonly serviceAccount: string | undefined
  /** Gives the job's OIDC token for an audience. */
  readonly idToken: (audience: string) => Promise<string>
}

/** Credentials by our own exchange (sts v1.token, iamcredentials v1.generateAccessToken). */
export const federated = (
  { provider, serviceAccount, idToken }: Federation,
  env: NodeJS.ProcessEnv,
): Credentials => {
  const impersonation = `${endpointOf('iamcredentials', env)}v1/projects/-/serviceAccounts/${serviceAccount}:generateAccessToken`
  const client = new IdentityPoolClient({
    type: 'external_account',
    audience: `//iam.googleapis.com/${provider}`,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${endpointOf('sts', env)}v1/token`,
    ...(serviceAccount === undefined ? {} : { service_account_impersonation_url: impersonation }),
    subject_token_supplier: { getSubjectToken: () => idToken(`https://iam.googleapis.com/${provider}`) },
    eagerRefreshThresholdMillis,
    scopes: [scope],
  })
  return { email: serviceAccount, token: () => tokenOf(client, `workload identity provider ${provider}`) }
}

/**
 * Credentials as Google's own tools find them: `CLOUDSDK_AUTH_ACCESS_TOKEN` or a file that holds a token, else
 * application default credentials (the file that google-github-actions/auth writes, or gcloud's).
 * @throws CredentialsError for a credential file that would send tokens to a host that is not Google's.
 */
export const applicationDefault = async (project: string, env: NodeJS.ProcessEnv): Promise<Credentials> => {
  const file = env.CLOUDSDK_AUTH_ACCESS_TOKEN_FILE
  const given = env.CLOUDSDK_AUTH_ACCESS_TOKEN
  if (given) return { email: undefined, token: async () => given }
  if (file) return { email: undefined, token: async () => (await readFile(file, 'utf8')).trim() }
  const email = env.GOOGLE_APPLICATION_CREDENTIALS
    ? await checkedFile(env.GOOGLE_APPLICATION_CREDENTIALS, env)
    : undefined
  const auth = new GoogleAuth({
    projectId: project,
    scopes: [scope],
    clientOptions: { eagerRefreshThresholdMillis },
  })
  const where = 'application default credentials'
  let client: ReturnType<typeof auth.getClient> | undefined
  const found = () => {
    client ??= auth.getClient()
    return client.catch(error => {
      throw unavailable(where, error)
    })
  }
  return { email, token: async () => tokenOf(await found(), where) }
}

/** The kinds of client that give tokens. */
interface TokenClient {
  getAccessToken(): Promise<{ token?: string | null | undefined }>
}

const tokenOf = async (client: TokenClient, where: string): Promise<string> => {
  const answer = await client.getAccessToken().catch(error => {
    throw unavailable(where, error)
  })
  if (!answer.token) throw unavailable(where, new Error('the answer holds no token'))
  return answer.token
}

const unavailable = (where: string, cause: unknown): CredentialsError =>
  new CredentialsError(
    `No Google access token from ${where}: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      cause,
      advice:
        'In a workflow: give the job `id-token: write`, and the provider and service account of this project (docs/set-up.md). In a terminal: run `gcloud auth application-default login`.',
    },
  )

/** Refuses a credential file that would send the job's OIDC token to a host that is not Google's; gives its e-mail. */
const checkedFile = async (path: string, env: NodeJS.ProcessEnv): Promise<string | undefined> => {
  const file = await readFile(path, 'utf8').then(
    text => JSON.parse(text) as Record<string, unknown>,
    error => {
      throw unavailable(`the file in GOOGLE_APPLICATION_CREDENTIALS`, error)
    },
  )
  const impersonation = file.service_account_impersonation_url
  for (const url of [file.token_url, impersonation]) if (typeof url === 'string') checkHost(url, env)
  return typeof impersonation === 'string' ? /serviceAccounts\/([^/:]+):/.exec(impersonation)?.[1] : undefined
}

const checkHost = (url: string, env: NodeJS.ProcessEnv): void => {
  const { origin, hostname, protocol } = new URL(url)
  const allowed = [endpointOf('sts', env), endpointOf('iamcredentials', env)].map(
    base => new URL(base).origin,
  )
  if ((protocol === 'https:' && hostname.endsWith('.googleapis.com')) || allowed.includes(origin)) return
  throw new CredentialsError(`The credential file sends tokens to ${hostname}, which is not Google's.`, {
    advice: 'Write the file anew with google-github-actions/auth or gcloud.',
  })
}
