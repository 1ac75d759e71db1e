import type { JsonObject } from '../../src/core/json.ts'
import type { Cloud } from '../../src/emulator/cloud.ts'
import { apr1 } from '../../src/emulator/kubernetes/htpasswd.ts'
import type { KubernetesEmulator } from '../../src/emulator/kubernetes/server.ts'
import { helmFor } from '../emulator/kubernetes/helm.ts'
import { ask } from '../emulator/kubernetes/support.ts'

const project = 'acme-ml'
const account = 'skypilot-cloud-sql-access'
/** E-mail of the guide's service account. */
export const email = `${account}@${project}.iam.gserviceaccount.com`
const instance = 'cloud-sql-skypilot-instance'
/** The guide's cluster. */
export const zone = 'us-central1-a'

/** The two ways of the guide to sign in to the database. */
export type Auth = 'iam' | 'password'

/** What must never be shown. */
export const hash = `skypilot:${apr1('correct horse battery', 'abcdefgh')}`
export const databasePassword = 'Xq7-database-password'

const call = async (cloud: Pick<Cloud, 'google'>, line: string, body: unknown): Promise<void> => {
  const [method = '', path = ''] = line.split(' ')
  const answer = await fetch(`${cloud.google.url}/${path}`, {
    method,
    headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${line}: ${answer.status} ${await answer.text()}`)
}

/** What people do in the console and with gcloud. */
export const googleByGuide = async (cloud: Pick<Cloud, 'google'>, auth: Auth): Promise<void> => {
  const seed = cloud.google.seed()
  seed.enable('compute', 'container', 'iam', 'cloudresourcemanager', 'sqladmin', 'serviceusage')
  const identity =
    auth === 'iam' ? { workloadIdentityConfig: { workloadPool: `${project}.svc.id.goog` } } : {}
  await seed.cluster(zone, 'sky', { initialNodeCount: 2, ...identity })
  seed.serviceAccount(account, { displayName: account })
  const roles = ['roles/cloudsql.client', ...(auth === 'iam' ? ['roles/cloudsql.instanceUser'] : [])]
  seed.bindings(roles.map(role => ({ role, members: [`serviceAccount:${email}`] })))
  await seed.sqlInstance(instance, {
    region: 'us-central1',
    databaseVersion: 'POSTGRES_17',
    settings: {
      tier: 'db-perf-optimized-N-8',
      edition: 'ENTERPRISE_PLUS',
      backupConfiguration: { enabled: true, startTime: '07:00' },
      ...(auth === 'iam' ? { databaseFlags: [{ name: 'cloudsql.iam_authentication', value: 'on' }] } : {}),
    },
  })
  await call(cloud, `POST sql/v1/projects/${project}/instances/${instance}/databases`, {
    name: 'skypilot-db',
  })
  await cloud.google.finish()
  await seed.sqlUser(
    instance,
    auth === 'iam'
      ? { name: `${account}@${project}.iam`, type: 'CLOUD_IAM_SERVICE_ACCOUNT' }
      : { name: 'skypilot', password: databasePassword },
  )
  if (auth === 'iam')
    await call(cloud, `POST iam/v1/projects/${project}/serviceAccounts/${email}:setIamPolicy`, {
      policy: {
        bindings: [
          {
            role: 'roles/iam.workloadIdentityUser',
            members: [`serviceAccount:${project}.svc.id.goog[skypilot/skypilot-api-sa]`],
          },
        ],
      },
    })
}

/** The guide's own commands (IAM authentication), with those for what it does in the console. */
export const gcloudByGuide = async (gcloud: (line: string) => Promise<unknown>): Promise<void> => {
  const member = `serviceAccount:${email}`
  await gcloud('services enable container.googleapis.com sqladmin.googleapis.com')
  const cluster = `container clusters create sky --zone ${zone} --enable-ip-alias --workload-pool ${project}.svc.id.goog`
  const sql = `sql instances create ${instance} --database-version POSTGRES_16 --tier db-perf-optimized-N-2 --region us-central1`
  const roles = async () => {
    await gcloud(`iam service-accounts create ${account} --display-name ${account}`)
    for (const role of ['client', 'instanceUser'])
      await gcloud(
        `projects add-iam-policy-binding ${project} --role roles/cloudsql.${role} --member ${member} --condition None`,
      )
  }
  await Promise.all([
    gcloud(cluster),
    gcloud(`${sql} --database-flags cloudsql.iam_authentication=on --root-password Xq7-root`),
    roles(),
  ])
  await gcloud(`sql databases create skypilot-db --instance ${instance}`)
  await gcloud(
    `sql users create ${account}@${project}.iam --instance=${instance} --type=cloud_iam_service_account`,
  )
  const workload = `serviceAccount:${project}.svc.id.goog[skypilot/skypilot-api-sa]`
  await gcloud(
    `iam service-accounts add-iam-policy-binding --role=roles/iam.workloadIdentityUser --member=${workload} ${email}`,
  )
}

/** The guide's values files. */
const valuesOf = (auth: Auth): JsonObject => {
  const proxy = (flag: string, more: JsonObject) => [
    {
      name: 'cloud-sql-proxy',
      restartPolicy: 'Always',
      image: 'gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.14.1',
      args: [flag, '--structured-logs', '--port=5432', `${project}:us-central1:${instance}`],
      securityContext: { runAsNonRoot: true },
      resources: { requests: { memory: '2Gi', cpu: '1' } },
      ...more,
    },
  ]
  const apiService = { dbConnectionSecretName: 'skypilot-db-connection-uri', config: null }
  if (auth === 'iam')
    return {
      apiService,
      rbac: {
        serviceAccountName: 'skypilot-api-sa',
        serviceAccountAnnotations: { 'iam.gke.io/gcp-service-account': email },
      },
      extraInitContainers: proxy('--auto-iam-authn', {}),
    }
  const key = { name: 'cloud-sql-credentials', mountPath: '/var/secrets/google', readOnly: true }
  return {
    apiService: {
      extraVolumes: [{ name: 'cloud-sql-credentials', secret: { secretName: 'cloud-sql-credentials' } }],
      ...apiService,
    },
    extraInitContainers: proxy('--credentials-file=/var/secrets/google/service-account-key.json', {
      volumeMounts: [key],
    }),
  }
}

/** The cluster's Kubernetes API. */
export const clusterOf = (cloud: Cloud, name = 'sky'): KubernetesEmulator => {
  const cluster = cloud.clusters.get(name)
  if (cluster === undefined) throw new Error(`no cluster ${name}`)
  return cluster
}

/** kubectl create. */
export const created = async (cluster: KubernetesEmulator, path: string, body: JsonObject): Promise<void> => {
  const { code, text } = await ask(cluster, 'POST', path, { token: 'owner', body })
  if (code >= 300) throw new Error(`${path}: ${code} ${text}`)
}

/** What people do with kubectl and helm. */
export const clusterByGuide = async (cloud: Cloud, helm: string, auth: Auth): Promise<void> => {
  const cluster = clusterOf(cloud)
  await created(cluster, '/api/v1/namespaces', { metadata: { name: 'skypilot' } })
  const user = auth === 'iam' ? `localhost/skypilot-db?user=${account}%40${project}.iam` : ''
  const uri =
    auth === 'iam'
      ? `postgresql://${user}`
      : `postgresql://skypilot:${databasePassword}@localhost/skypilot-db`
  const secrets: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'skypilot-db-connection-uri': { connection_string: uri },
    ...(auth === 'password'
      ? { 'cloud-sql-credentials': { 'service-account-key.json': '{"private_key": "x"}' } }
      : {}),
  }
  for (const [name, stringData] of Object.entries(secrets))
    await created(cluster, '/api/v1/namespaces/skypilot/secrets', { metadata: { name }, stringData })
  await installed(cloud, helm, valuesOf(auth), ['--set', `ingress.authCredentials=${hash}`])
}

/** helm upgrade --install of the stand-in chart. */
export const installed = async (
  cloud: Cloud,
  helm: string,
  values: JsonObject,
  more: readonly string[] = [],
): Promise<void> => {
  const own = await helmFor(helm, clusterOf(cloud), 'owner')
  try {
    const file = await own.write('values.yaml', JSON.stringify(values))
    const version = more.includes('--version') ? [] : ['--version', '0.13.0']
    const { code, stderr } = await own.run([
      ...['upgrade', '--install', 'skypilot', 'skypilot', '--repo', cloud.charts, '--namespace', 'skypilot'],
      ...['-f', file, '--server-side=true', ...version, ...more],
    ])
    if (code !== 0) throw new Error(stderr)
  } finally {
    await own.dispose()
  }
}
