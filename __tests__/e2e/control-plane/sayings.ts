import { type JsonObject, valueAt } from '../../../src/core/json.ts'
import type { Client } from './client.ts'
import { listIn, paths } from './looks.ts'

/** Events that GKE's autoscaler and kubelets write about pods that cannot start; kwok plays neither. */
export const startSayings = (admin: Client, namespace: string): { stop(): void } => {
  const known = new Set<string>()
  const look = async (): Promise<void> => {
    for (const pod of await admin.items(paths.pods(namespace))) {
      const { name = '', uid = '' } = pod.metadata as JsonObject
      const said = known.has(String(uid)) ? undefined : await sayingOf(admin, namespace, pod)
      if (said === undefined) continue
      known.add(String(uid))
      await admin.create(`/api/v1/namespaces/${namespace}/events`, {
        metadata: { name: `${name}.saying` },
        involvedObject: { kind: 'Pod', namespace, name, uid },
        ...said,
      })
    }
  }
  const timer = setInterval(() => void look().catch(() => undefined), 500)
  return { stop: () => clearInterval(timer) }
}

const sayingOf = async (
  admin: Client,
  namespace: string,
  pod: JsonObject,
): Promise<JsonObject | undefined> => {
  if (JSON.stringify(pod.status).includes('Unschedulable'))
    return {
      reason: 'NotTriggerScaleUp',
      message: "pod didn't trigger scale-up: 1 Insufficient cpu",
      type: 'Normal',
      source: { component: 'cluster-autoscaler' },
    }
  for (const volume of listIn(pod, 'spec', 'volumes')) {
    const secret = valueAt(volume, ['secret', 'secretName'])
    if (typeof secret !== 'string') continue
    if ((await admin.get(`/api/v1/namespaces/${namespace}/secrets/${secret}`)) !== undefined) continue
    return {
      reason: 'FailedMount',
      message: `MountVolume.SetUp failed for volume "${volume.name}" : secret "${secret}" not found`,
      type: 'Warning',
      source: { component: 'kubelet' },
    }
  }
  return undefined
}
