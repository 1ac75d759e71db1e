import { isObject, type Json, type JsonObject, valueAt, withValueAt } from '../../core/json.ts'
import { listAt, objectAt, textAt } from './object.ts'

const mapped = (object: JsonObject, key: string, change: (item: JsonObject) => JsonObject): JsonObject => {
  const list = object[key]
  if (!Array.isArray(list)) return object
  return { ...object, [key]: list.map(item => (isObject(item) ? change(item) : item)) }
}

const probe = (container: JsonObject, key: string): JsonObject => {
  const given = container[key]
  if (!isObject(given)) return container
  const http = given.httpGet
  const full = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3, ...given }
  return { ...container, [key]: isObject(http) ? { ...full, httpGet: { scheme: 'HTTP', ...http } } : full }
}

const environment = (entry: JsonObject): JsonObject => {
  const source = objectAt(entry, 'valueFrom')
  if (isObject(source.fieldRef))
    return withValueAt(entry, ['valueFrom', 'fieldRef'], { apiVersion: 'v1', ...source.fieldRef })
  if (isObject(source.resourceFieldRef))
    return withValueAt(entry, ['valueFrom', 'resourceFieldRef'], {
      divisor: '0',
      ...source.resourceFieldRef,
    })
  return entry
}

const container = (given: JsonObject): JsonObject => {
  const image = textAt(given, 'image')
  const floating = image.endsWith(':latest') || !/[:@][^/]*$/.test(image)
  const full = {
    imagePullPolicy: floating ? 'Always' : 'IfNotPresent',
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    ...given,
  }
  const probed = ['livenessProbe', 'readinessProbe', 'startupProbe'].reduce(probe, full)
  const ports = mapped(probed, 'ports', port => ({ protocol: 'TCP', ...port }))
  return mapped(ports, 'env', environment)
}

const volume = (given: JsonObject): JsonObject => {
  for (const source of ['configMap', 'secret', 'projected', 'downwardAPI']) {
    const inner = given[source]
    if (isObject(inner)) return { ...given, [source]: { defaultMode: 420, ...inner } }
  }
  return given
}

/** A pod's spec with the server's defaults (core/v1 PodSpec). */
const podDefaults = (spec: JsonObject, restartPolicy = 'Always'): JsonObject => {
  const account = valueAt(spec, ['serviceAccountName']) ?? valueAt(spec, ['serviceAccount'])
  const full: JsonObject = {
    restartPolicy,
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    ...spec,
    ...(account === undefined ? {} : { serviceAccountName: account, serviceAccount: account }),
  }
  return mapped(mapped(mapped(full, 'containers', container), 'initContainers', container), 'volumes', volume)
}

/** Where kinds keep a pod's spec. */
const specPaths: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  Deployment: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
}

/** The object with its pod spec, if it has one, filled in. */
export const withPodDefaults = (object: JsonObject): JsonObject => {
  const path = specPaths[textAt(object, 'kind')]
  const spec: Json | undefined = path === undefined ? undefined : valueAt(object, path)
  return path === undefined || !isObject(spec) ? object : withValueAt(object, path, podDefaults(spec))
}

/** All containers of a pod's spec, init containers first. */
export const containersOf = (spec: JsonObject): readonly JsonObject[] =>
  [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')].filter(isObject)
