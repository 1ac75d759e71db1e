import type { Json, JsonObject } from '../../core/json.ts'
import { reference } from '../../core/reference.ts'
import { connectionSecret, loginSecret, type SkypilotInput, type SkypilotNames } from './skypilot-input.ts'

/** What the preset makes in the cluster, in the words of the long form. */
export const kubernetesSections = (input: SkypilotInput, names: SkypilotNames): JsonObject => ({
  namespaces: {
    [names.namespace]: {
      secrets: {
        [connectionSecret]: { data: { connection_string: connectionString(input, names) } },
        ...(isTheirs(input.login) ? {} : { [loginSecret]: { data: { auth: loginLine(input, names) } } }),
      },
    },
  },
  releases: { [names.release]: release(input, names) },
})

/** The proxy listens on IPv4 only, hence not `localhost`. */
const connectionString = ({ auth }: SkypilotInput, names: SkypilotNames): JsonObject => {
  const [user, database] = [encodeURIComponent(names.user), encodeURIComponent(names.database)]
  return auth === 'iam'
    ? { from: 'literal', value: `postgresql://127.0.0.1/${database}?user=${user}` }
    : {
        from: 'template',
        template: `postgresql://${user}:{password}@127.0.0.1/${database}`,
        password: { secret: names.password, version: reference('secret/database', 'version') },
        encode: 'url',
      }
}

type Login = SkypilotInput['login']

/** The login lies in a Secret that Slipway neither made nor reads. */
const isTheirs = (login: Login): login is { readonly kubernetesSecret: string } =>
  login !== undefined && 'kubernetesSecret' in login

const loginLine = ({ login }: SkypilotInput, names: SkypilotNames): JsonObject =>
  login !== undefined && 'env' in login
    ? { from: 'htpasswd', env: login.env, version: String(login.version) }
    : {
        from: 'htpasswd',
        secret: login !== undefined && 'secret' in login ? login.secret : names.login,
        version: reference('secret/login', 'version'),
      }

const release = (input: SkypilotInput, names: SkypilotNames): JsonObject => ({
  repository: 'https://helm.skypilot.co',
  chart: 'skypilot',
  version: input.version,
  namespace: names.namespace,
  values: values(input, names),
  ...health(input),
  backupBefore: `sql-instance/${input.environment}`,
})

const health = (input: SkypilotInput): JsonObject => {
  const url = serverUrl(input, '/api/health')
  if (url === undefined || isTheirs(input.login)) return {}
  const version = serverVersion(input)
  const expect = { status: 'healthy', ...(version === undefined ? {} : { version }) }
  return { health: { url, ...healthLogin(input.login), expect } }
}

/** What the server of a chart calls its version: nightly charts write it otherwise, others are not known to. */
const serverVersion = ({ version, ownImage }: SkypilotInput): string | undefined => {
  if (ownImage) return undefined
  if (/^\d+\.\d+\.\d+$/.test(version)) return version
  return /^\d+\.\d+\.\d+-dev\.\d+$/.test(version) ? version.replace('-dev.', '.dev') : undefined
}

const healthLogin = (login: Login): JsonObject =>
  login !== undefined && 'env' in login
    ? { login: { env: login.env, version: String(login.version) } }
    : { login: 'secret/login' }

/** Where the API server answers, symbolic until its address is known; undefined: nowhere outside the cluster. */
export const serverUrl = (input: SkypilotInput, path = ''): Json | undefined => {
  const { environment, host, tls, exposed, reserved } = input
  if (!exposed) return undefined
  if (host !== undefined) return `${tls ? 'https' : 'http'}://${host}${path}`
  if (!reserved) return undefined
  const address = reference(`address/${environment}`, 'address')
  return { $text: ['http://', address, ...(path === '' ? [] : [path])] }
}

const values = (input: SkypilotInput, names: SkypilotNames): JsonObject => ({
  apiService: {
    dbConnectionSecretName: connectionSecret,
    config: null,
    ...(input.ownConnection ? { annotations: { 'slipway.dev/secrets': consumed(input, names) } } : {}),
  },
  rbac: {
    serviceAccountName: names.kubernetesServiceAccount,
    serviceAccountAnnotations: {
      'iam.gke.io/gcp-service-account': `${names.serviceAccount}@${input.project}.iam.gserviceaccount.com`,
    },
    ...(input.autopilot ? { manageSystemComponents: false } : {}),
  },
  ingress: { authSecret: isTheirs(input.login) ? input.login.kubernetesSecret : loginSecret },
  ...(input.reserved ? { 'ingress-nginx': balancer(input) } : {}),
  storage: { annotations: { 'helm.sh/resource-policy': 'keep' } },
  extraInitContainers: [proxy(input, names)],
})

const balancer = ({ environment }: SkypilotInput): JsonObject => ({
  controller: { service: { loadBalancerIP: reference(`address/${environment}`, 'address') } },
})

/** What the pod reads once, at its start: when this changes, the pod is rolled. */
const consumed = ({ auth }: SkypilotInput, names: SkypilotNames): Json => {
  const who = `${names.user}/${names.database}`
  return auth === 'iam'
    ? `database=${who}`
    : { $text: [`database=${who}@`, reference('secret/database', 'version')] }
}

const proxy = (
  { auth, project, databaseRegion, reach, proxy: image }: SkypilotInput,
  names: SkypilotNames,
): JsonObject => ({
  name: 'cloud-sql-proxy',
  restartPolicy: 'Always',
  image,
  args: [
    '--structured-logs',
    '--port=5432',
    '--health-check',
    '--http-address=0.0.0.0',
    '--http-port=9801',
    ...(auth === 'iam' ? ['--auto-iam-authn'] : []),
    ...(reach === undefined ? [] : [reach === 'psc' ? '--psc' : '--private-ip']),
    `${project}:${databaseRegion}:${names.instance}`,
  ],
  startupProbe: { httpGet: { path: '/startup', port: 9801 }, periodSeconds: 1, failureThreshold: 60 },
  securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
  resources: { requests: { cpu: '250m', memory: '256Mi' } },
})
