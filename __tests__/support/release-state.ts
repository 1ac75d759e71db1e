import { isObject, type Json, type JsonObject, textAt } from '../../src/emulator/json.ts'
import type { AuditEntry } from '../../src/emulator/kubernetes/handler.ts'
import { htpasswdLine } from '../../src/kinds/kubernetes-secret/apr1.ts'
import type { EndState } from './end-state.ts'
import { recordedChart } from './helm-record.ts'
import { project } from './one-file.ts'
import type { World } from './world.ts'

/** The one cluster of a world, if there is one. */
export const kubernetesOf = (world: World) => [...(world.cloud?.clusters.values() ?? [])][0]

const passing = /^(Event|Pod|ReplicaSet|EndpointSlice|Endpoints|Node)\//
const revision = /^Secret\/[^/]+\/sh\.helm\.release\.v1\.(.+)\.v(\d+)$/

/** Everything there is at Google's side and in the cluster; what Secrets hold is told by the payloads that it is made of. */
export const releaseState = async (world: World): Promise<EndState> => {
  const objects = Object.entries(kubernetesOf(world)?.snapshot() ?? {})
  const payloads = payloadsOf(world)
  return {
    google: await world.snapshot(),
    'last revision': lastRevision(objects),
    ...Object.fromEntries(
      objects
        .filter(([key]) => !passing.test(key) && !revision.test(key))
        .map(([key, object]) => [
          withoutUids(key),
          /^Secret\//.test(key)
            ? {
                ...(stable({ ...object, data: null }) as JsonObject),
                data: valuesOf(object.data ?? {}, payloads),
              }
            : stable(object),
        ]),
    ),
  }
}

/** The payloads that were made up, the longest first, by the versions that hold them. */
const payloadsOf = ({ google }: World): readonly (readonly [string, string])[] =>
  [...(google.state.find(project)?.secrets ?? [])]
    .flatMap(([secret, { versions }]) =>
      [...versions].map(
        ([number, { payload = '' }]) =>
          [Buffer.from(payload, 'base64').toString(), `<${secret}/${number}>`] as const,
      ),
    )
    .filter(([payload]) => payload !== '')
    .sort(([one], [other]) => other.length - one.length)

/** What the cluster itself makes up, such as a certificate. */
const madeUp = /-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----/g

/** What a Secret holds, by key; a digest of a login, which is salted, as the login. */
const valuesOf = (data: Json, payloads: readonly (readonly [string, string])[]): Json =>
  Object.fromEntries(
    Object.entries(isObject(data) ? data : {})
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, value]) => {
        const text = Buffer.from(String(value), 'base64').toString()
        const digested = payloads.find(([payload]) => isDigestOf(text, payload))
        if (digested !== undefined) return [key, `digest of ${digested[1]}`]
        const told = payloads.reduce((rest, [payload, name]) => rest.replaceAll(payload, name), text)
        return [key, unaddressed(told).replace(madeUp, '<$1>')]
      }),
  )

const isDigestOf = (line: string, login: string): boolean => {
  const [user = '', password] = login.split(':')
  return password !== undefined && htpasswdLine(user, password, line) === line
}

const at = (object: JsonObject, ...path: readonly string[]): string => textAt(object, ...path) ?? ''

/** What helm says of its newest revision, how many revisions claim to serve, and how many to be at work. */
const lastRevision = (objects: readonly (readonly [string, JsonObject])[]): Json => {
  const revisions = objects
    .flatMap(([key, object]) => {
      const number = Number(revision.exec(key)?.[2])
      return Number.isNaN(number)
        ? []
        : [
            {
              number,
              status: at(object, 'metadata', 'labels', 'status'),
              stored: at(object, 'data', 'release'),
            },
          ]
    })
    .sort((a, b) => a.number - b.number)
  const last = revisions.at(-1)
  return {
    status: last?.status ?? 'none',
    chart: last === undefined ? 'none' : recordedChart(last.stored),
    deployed: revisions.filter(({ status }) => status === 'deployed').length,
    working: revisions.filter(({ status }) => /^(pending-|uninstalling$)/.test(status)).length,
  }
}

const withoutUids = (text: string): string =>
  text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID')

const unaddressed = (text: string): string =>
  text.replace(/127\.0\.0\.1:\d+/g, 'HOST').replace(/\b\d{1,3}(\.\d{1,3}){3}\b/g, 'IP')

/** Without addresses, ports and times, which differ between two clouds. */
const stable = (object: Json): Json =>
  JSON.parse(
    unaddressed(withoutUids(JSON.stringify(object)))
      .replace(/"(nodePort|healthCheckNodePort)":\d+/g, '"$1":0')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
      .replace(/"(status|uid|ownerReferences)":(\{[^{}]*\}|\[[^[\]]*\])/g, '"$1":null'),
  ) as Json

/** How many revisions helm has made. */
export const revisionsIn = (world: World): number =>
  Object.keys(kubernetesOf(world)?.snapshot() ?? {}).filter(key => revision.test(key)).length

/** Writes in the cluster that were taken, without those of Leases, which are renewed by the time. */
export const clusterWrites = (world: World): readonly AuditEntry[] =>
  (kubernetesOf(world)?.audit ?? []).filter(
    ({ verb, dryRun, code, resource }) =>
      !dryRun && code < 300 && resource !== 'leases' && !['get', 'list', 'watch'].includes(verb),
  )
