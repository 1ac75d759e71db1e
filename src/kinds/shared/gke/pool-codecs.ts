import { isObject, type Json, type JsonObject } from '../../../core/json.ts'
import { type Codec, listOf, objectOf } from '../codecs.ts'

/** `{min, max, scope}` ↔ NodePoolAutoscaling. Per zone and total exclude each other; zero is sent explicitly. */
export const autoscaling: Codec = {
  toApi: value => {
    const { min = 0, max = 0, scope, locationPolicy } = objectOf(value)
    const bounds =
      scope === 'zone'
        ? { minNodeCount: min, maxNodeCount: max }
        : { totalMinNodeCount: min, totalMaxNodeCount: max }
    return { enabled: true, ...bounds, ...(locationPolicy === undefined ? {} : { locationPolicy }) }
  },
  fromApi: value => {
    const { enabled, minNodeCount, maxNodeCount, totalMinNodeCount, totalMaxNodeCount, locationPolicy } =
      objectOf(value)
    if (enabled !== true) return undefined
    const total = Number(totalMaxNodeCount ?? 0) > 0
    return {
      min: (total ? totalMinNodeCount : minNodeCount) ?? 0,
      max: (total ? totalMaxNodeCount : maxNodeCount) ?? 0,
      scope: total ? 'total' : 'zone',
      ...(locationPolicy === undefined ? {} : { locationPolicy }),
    }
  },
}

/** `key:EFFECT` → value ↔ NodeTaint[]. */
export const taints: Codec = {
  toApi: value =>
    Object.entries(objectOf(value)).map(([member, taint]) => {
      const at = member.lastIndexOf(':')
      return { key: member.slice(0, at), value: taint, effect: member.slice(at + 1) }
    }),
  fromApi: value =>
    Object.fromEntries(
      listOf(value)
        .filter(isObject)
        .map(taint => [`${taint.key}:${taint.effect}`, taint.value ?? '']),
    ),
}

/** Map of types ↔ AcceleratorConfig[]; counts are int64 there. */
export const accelerators: Codec = {
  toApi: value => Object.entries(objectOf(value)).map(([type, gpu]) => toAccelerator(type, objectOf(gpu))),
  fromApi: value =>
    Object.fromEntries(
      listOf(value)
        .filter(isObject)
        .map(gpu => [String(gpu.acceleratorType), fromAccelerator(gpu)]),
    ),
}

const toAccelerator = (acceleratorType: string, { count, driver, partition, sharing }: JsonObject): Json => ({
  acceleratorType,
  acceleratorCount: String(count),
  ...(driver === undefined ? {} : { gpuDriverInstallationConfig: { gpuDriverVersion: driver } }),
  ...(partition === undefined ? {} : { gpuPartitionSize: partition }),
  ...(sharing === undefined ? {} : { gpuSharingConfig: toSharing(objectOf(sharing)) }),
})

const toSharing = ({ strategy = '', clients = 0 }: JsonObject): Json => ({
  gpuSharingStrategy: strategy,
  maxSharedClientsPerGpu: String(clients),
})

const fromAccelerator = (gpu: JsonObject): Json => {
  const driver = objectOf(gpu.gpuDriverInstallationConfig).gpuDriverVersion
  const { gpuSharingStrategy: strategy, maxSharedClientsPerGpu: clients } = objectOf(gpu.gpuSharingConfig)
  return {
    count: Number(gpu.acceleratorCount ?? 0),
    ...(driver === undefined ? {} : { driver }),
    ...(gpu.gpuPartitionSize === undefined || gpu.gpuPartitionSize === ''
      ? {}
      : { partition: gpu.gpuPartitionSize }),
    ...(strategy === undefined ? {} : { sharing: { strategy, clients: Number(clients ?? 0) } }),
  }
}

/** True here, `{type: GVISOR}` there. */
export const gvisor: Codec = {
  toApi: value => ({ type: value === true ? 'GVISOR' : 'UNSPECIFIED' }),
  fromApi: value => String(objectOf(value).type).toUpperCase() === 'GVISOR',
}
