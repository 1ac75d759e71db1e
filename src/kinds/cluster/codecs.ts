import { isObject, type Json, type JsonObject } from '../../core/json.ts'
import { type Codec, listOf, objectOf, pairs } from '../shared/codecs.ts'

/** `standard` or `autopilot` ↔ autopilot.enabled. */
export const mode: Codec = {
  toApi: value => value === 'autopilot',
  fromApi: value => (value === true ? 'autopilot' : 'standard'),
}

/** Workload identity on or off ↔ the project's one pool; '' switches it off. */
export const workloadPool = (project: string): Codec => ({
  toApi: value => (value === true ? `${project}.svc.id.goog` : ''),
  fromApi: value => value !== '',
})

const cidrBlocks = pairs('cidrBlock', 'displayName')

/** CIDR → name ↔ MasterAuthorizedNetworksConfig. */
export const authorizedNetworks: Codec = {
  toApi: value => ({ enabled: true, cidrBlocks: cidrBlocks.toApi(value) }),
  fromApi: value => {
    const { enabled, cidrBlocks: listed = [] } = objectOf(value)
    return enabled === true ? cidrBlocks.fromApi(listed) : {}
  },
}

/** Resource → {min, max} ↔ ResourceLimit[]; numbers are int64 there. */
export const resourceLimits: Codec = {
  toApi: value =>
    Object.entries(objectOf(value)).map(([resourceType, limit]) => {
      const { min = 0, max = 0 } = objectOf(limit)
      return { resourceType, minimum: String(min), maximum: String(max) }
    }),
  fromApi: value =>
    Object.fromEntries(
      listOf(value)
        .filter(isObject)
        .map(limit => [
          String(limit.resourceType),
          { min: Number(limit.minimum ?? 0), max: Number(limit.maximum ?? 0) },
        ]),
    ),
}

/** The state of a cluster that encrypts more than Secrets (container v1, DatabaseEncryption). */
export const everything = 'ALL_OBJECTS_ENCRYPTION_ENABLED'

/** The key of Kubernetes Secrets ↔ DatabaseEncryption. */
export const encryptionKey: Codec = {
  toApi: value => ({ state: 'ENCRYPTED', keyName: value }),
  fromApi: value => {
    const { state, keyName } = objectOf(value)
    return state === 'ENCRYPTED' || state === everything ? keyName : undefined
  },
}

/** {start, end, recurrence} ↔ RecurringTimeWindow. */
export const recurring: Codec = {
  toApi: value => {
    const { start = '', end = '', recurrence = '' } = objectOf(value)
    return { window: { startTime: start, endTime: end }, recurrence }
  },
  fromApi: value => {
    const { window, recurrence = '' } = objectOf(value)
    const { startTime = '', endTime = '' } = objectOf(window)
    return { start: startTime, end: endTime, recurrence }
  },
}

/** Name → {start, end, scope?} ↔ maintenanceExclusions. */
export const exclusions: Codec = {
  toApi: value =>
    eachValue(value, ({ start = '', end = '', scope }) => ({
      startTime: start,
      endTime: end,
      ...(scope === undefined ? {} : { maintenanceExclusionOptions: { scope } }),
    })),
  fromApi: value =>
    eachValue(value, ({ startTime = '', endTime = '', maintenanceExclusionOptions }) => ({
      start: startTime,
      end: endTime,
      scope: objectOf(maintenanceExclusionOptions).scope ?? 'NO_UPGRADES',
    })),
}

const eachValue = (map: Json, change: (value: JsonObject) => Json): JsonObject =>
  Object.fromEntries(Object.entries(objectOf(map)).map(([key, value]) => [key, change(objectOf(value))]))
