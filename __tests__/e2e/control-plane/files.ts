import type { JsonObject } from '../../../src/core/json.ts'
import { project } from '../../support/one-file.ts'
import { sharedCluster } from './world.ts'

/** A release in a namespace of its own on the shared cluster, in the long form. */
export interface Wish {
  readonly name: string
  /** Another cluster than the shared one. */
  readonly cluster?: string
  readonly charts: string
  readonly version?: string
  readonly chart?: string
  readonly values?: JsonObject
  readonly more?: JsonObject
  /** Other sections of the file. */
  readonly sections?: JsonObject
}

/** Values that make a small release: the server and its claim, nothing cluster-wide that two could share. */
export const small = {
  'ingress-nginx': { enabled: false },
  ingress: { enabled: false },
  rbac: { manageSystemComponents: false },
  storage: { annotations: { 'helm.sh/resource-policy': 'keep' } },
} as const

/** The text of an environment file. JSON is YAML. */
export const fileOf = ({ name, charts, version = '0.13.0', chart = 'skypilot', ...wish }: Wish): string => {
  const { cluster = sharedCluster, values = small, more = {}, sections = {} } = wish
  const content = {
    project,
    location: 'us-central1',
    cluster: { use: cluster },
    namespaces: { [name]: {} },
    releases: {
      [name]: { repository: charts, chart, version, namespace: name, values, ...more },
    },
    ...sections,
  }
  const lines = Object.entries(content).map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
  return [`name: ${name}`, ...lines, ''].join('\n')
}

/** `base` with `more` laid over it, maps merged. */
export const over = (base: JsonObject, more: JsonObject): JsonObject =>
  Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(more)])].map(key => {
      const [a, b] = [base[key], more[key]]
      const maps = [a, b].every(one => typeof one === 'object' && one !== null && !Array.isArray(one))
      return [key, maps ? over(a as JsonObject, b as JsonObject) : (b ?? a ?? null)]
    }),
  )
