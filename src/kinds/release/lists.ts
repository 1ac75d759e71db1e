import { isObject, type Json, type JsonObject } from '../../core/json.ts'

/** The field or fields by which Kubernetes knows the members of a list (strategic merge and server-side apply keys). */
const keysOf: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  volumes: ['name'],
  env: ['name'],
  imagePullSecrets: ['name'],
  secrets: ['name'],
  webhooks: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
}
const defaults: Readonly<Record<string, string>> = { protocol: 'TCP' }

/**
 * A list as a map by member where Kubernetes itself treats it as one, the key's fields left out of the members;
 * undefined for a list that is replaced as a whole, or whose keys are not unique.
 */
export const keyedList = (kind: string, field: string, list: readonly Json[]): JsonObject | undefined => {
  const keys = field === 'ports' ? portKeys(kind, list) : keysOf[field]
  if (keys === undefined || !list.every(isObject)) return undefined
  const members = list.map(member => {
    const names = keys.map(key => member[key] ?? defaults[key])
    const rest = Object.entries(member).filter(([key]) => !keys.includes(key))
    return { name: names.includes(undefined) ? undefined : names.join('/'), rest: Object.fromEntries(rest) }
  })
  const names = new Set(members.map(({ name }) => name))
  if (names.has(undefined) || names.size !== list.length) return undefined
  return Object.fromEntries(members.map(({ name, rest }) => [String(name), rest]))
}

/** Ports of a container or of a Service; those of a NetworkPolicy are rules and have no key. */
const portKeys = (kind: string, list: readonly Json[]): readonly string[] | undefined => {
  if (kind === 'Service') return ['port', 'protocol']
  const ofContainer = list.every(port => isObject(port) && port.containerPort !== undefined)
  return ofContainer ? ['containerPort', 'protocol'] : undefined
}
