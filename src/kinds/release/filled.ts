import { isObject, type Json, type JsonObject } from '../../core/json.ts'

/** Stands around a struct that is owned as a whole. */
export const atomic = '$atomic'

/**
 * Values that API servers fill in where an object says nothing (pkg/apis of Kubernetes 1.30 to 1.36, defaults.go of core,
 * apps, batch, networking, autoscaling, admissionregistration and storage), by the name of the field.
 */
const defaults: Readonly<Record<string, readonly Json[]>> = {
  allocateLoadBalancerNodePorts: [true],
  backoffLimit: [6],
  completionMode: ['NonIndexed'],
  completions: [1],
  concurrencyPolicy: ['Allow'],
  defaultMode: [420],
  divisor: ['0'],
  dnsPolicy: ['ClusterFirst'],
  externalTrafficPolicy: ['Cluster'],
  failedJobsHistoryLimit: [1],
  failurePolicy: ['Fail'],
  failureThreshold: [3],
  fsType: ['ext4'],
  imagePullPolicy: ['Always', 'IfNotPresent'],
  internalTrafficPolicy: ['Cluster'],
  ipFamilyPolicy: ['SingleStack'],
  matchPolicy: ['Equivalent'],
  maxSurge: ['25%', 0],
  maxUnavailable: ['25%', 1],
  parallelism: [1],
  partition: [0],
  periodSeconds: [10],
  podManagementPolicy: ['OrderedReady'],
  podReplacementPolicy: ['TerminatingOrFailed'],
  preemptionPolicy: ['PreemptLowerPriority'],
  progressDeadlineSeconds: [600],
  reclaimPolicy: ['Delete'],
  reinvocationPolicy: ['Never'],
  replicas: [1],
  restartPolicy: ['Always'],
  revisionHistoryLimit: [10],
  schedulerName: ['default-scheduler'],
  scheme: ['HTTP'],
  scope: ['*'],
  sessionAffinity: ['None'],
  successThreshold: [1],
  successfulJobsHistoryLimit: [3],
  suspend: [false],
  terminationGracePeriodSeconds: [30],
  terminationMessagePath: ['/dev/termination-log'],
  terminationMessagePolicy: ['File'],
  timeoutSeconds: [1, 10],
  type: ['ClusterIP', 'RollingUpdate', ''],
  volumeBindingMode: ['Immediate'],
  volumeMode: ['Filesystem'],
  whenDeleted: ['Retain'],
  whenScaled: ['Retain'],
}

/** Fields of `spec` that the server or an admission plugin makes up, by kind. */
const generated: Readonly<Record<string, readonly string[]>> = {
  Service: ['clusterIP', 'clusterIPs', 'ipFamilies', 'healthCheckNodePort'],
  PersistentVolumeClaim: ['storageClassName', 'volumeName'],
  Job: ['selector', 'manualSelector'],
  Namespace: ['finalizers'],
}

/** Labels that the server sets: on the pods of a Job, on a Namespace. */
const madeLabels = /^((batch\.kubernetes\.io\/)?(controller-uid|job-name)|kubernetes\.io\/metadata\.name)$/

/** Maps whose members are people's own, whatever they are called. */
const texts = new Set(['labels', 'annotations', 'data', 'binaryData', 'matchLabels', 'nodeSelector'])

/** An owned part of an object without what its API server filled in. */
export const withoutFilled = (object: JsonObject, kind: string): JsonObject => {
  const { spec, ...rest } = cleared(object, kind)
  if (!isObject(spec)) return spec === undefined ? rest : { ...rest, spec }
  const made = generated[kind] ?? []
  const kept = Object.entries(spec).filter(([key]) => !made.includes(key))
  return { ...rest, spec: Object.fromEntries(kept) }
}

const cleared = (value: JsonObject, kind: string): JsonObject =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([key, member]) => texts.has(key) || !isFilled(key, member, value, kind))
      .map(([key, member]): [string, Json] => [
        key,
        texts.has(key) ? ownTexts(member) : inside(member, kind),
      ]),
  )

const inside = (value: Json, kind: string): Json => {
  if (Array.isArray(value)) return value.map(one => inside(one, kind))
  return isObject(value) ? cleared(value, kind) : value
}

const ownTexts = (value: Json): Json =>
  isObject(value) ? Object.fromEntries(Object.entries(value).filter(([key]) => !madeLabels.test(key))) : value

const isFilled = (
  key: string,
  value: Json,
  { serviceAccountName, port }: JsonObject,
  kind: string,
): boolean => {
  // The older name of a field that is kept in step with the newer one.
  if (key === 'serviceAccount') return value === serviceAccountName
  if (key === 'targetPort') return value === port
  if (key === 'nodePort') return kind === 'Service'
  if (isObject(value)) return Object.keys(value).every(inner => inner === atomic && isEmpty(value[inner]))
  return defaults[key]?.some(one => one === value) ?? false
}

const isEmpty = (value: Json | undefined): boolean => isObject(value) && Object.keys(value).length === 0
