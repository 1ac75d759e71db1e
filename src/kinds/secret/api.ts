import { z } from 'zod'
import type { GcpReader } from '../../gcp/port.ts'
import { understood } from '../shared/understood.ts'

/** The slice of secretmanager v1, Secret, that is read. `name` holds the project's number. */
const secretSchema = z.object({
  name: z.string(),
  labels: z.record(z.string(), z.string()).optional(),
  etag: z.string().optional(),
})

/** The slice of secretmanager v1, SecretVersion, that is read: never its payload. */
const versionSchema = z.object({ name: z.string(), state: z.string().optional() })

/** A secret as Secret Manager shows it. */
export type SecretFacts = z.infer<typeof secretSchema>

const lastSegment = (name: string): string => name.slice(name.lastIndexOf('/') + 1)

/** Where the secrets of a project are. */
export const secretsPath = (project: string): string => `/v1/projects/${project}/secrets`

/** All secrets of a project by name (secretmanager v1, secrets.list). @throws GcpError */
export const listSecrets = async (
  gcp: GcpReader,
  project: string,
): Promise<ReadonlyMap<string, SecretFacts>> => {
  const found = await gcp.list('secretmanager', secretsPath(project), 'secrets', { pageSize: 1000 })
  const secrets = understood(
    z.array(secretSchema),
    found,
    'secretmanager',
    `the secrets of project ${project}`,
  )
  return new Map(secrets.map(secret => [lastSegment(secret.name), secret]))
}

/** One secret (secretmanager v1, secrets.get). @throws GcpError */
export const getSecret = async (gcp: GcpReader, path: string): Promise<SecretFacts> =>
  understood(secretSchema, await gcp.get('secretmanager', path), 'secretmanager', path)

/** The number of a version, from `projects/N/secrets/S/versions/3`. */
export const versionNumber = (version: unknown): string =>
  lastSegment(understood(versionSchema, version, 'secretmanager', 'a version of a secret').name)

/** The numbers of the enabled versions, oldest first (versions.list). @throws GcpError */
export const enabledVersions = async (gcp: GcpReader, path: string): Promise<readonly string[]> => {
  const found = await gcp.list('secretmanager', `${path}/versions`, 'versions', { filter: 'state:ENABLED' })
  const versions = understood(z.array(versionSchema), found, 'secretmanager', `the versions of ${path}`)
  return versions
    .filter(({ state }) => state === undefined || state === 'ENABLED')
    .map(({ name }) => Number(lastSegment(name)))
    .sort((a, b) => a - b)
    .map(String)
}

/** The number of the newest enabled version, undefined if there is none. @throws GcpError */
export const latestVersion = async (gcp: GcpReader, path: string): Promise<string | undefined> =>
  (await enabledVersions(gcp, path)).at(-1)
