import { type JsonObject, valueAt } from '../../../src/core/json.ts'
import type { Client } from './client.ts'
import { listIn, paths } from './looks.ts'

/** What an autoscaler says about a pod that fits on no node. */
export type Autoscaler = 'NotTriggerScaleUp' | 'TriggeredScaleUp'

/**
 * Events that GKE's autoscaler and kubelets write about pods that cannot start; kwok plays neither. `autoscaler`: what
 * that one says, one after the other; nothing where there is none.
 */
export const startSayings = (
  admin: Client,
  namespace: string,
  autoscaler: readonly Autoscaler[],
): { stop(): void } => {
  const known = new Set<string>()
  const look = async (): Promise<void> => {
    for (const pod of await admin.items(paths.pods(namespace))) {
      const { name = '', uid = '' } = pod.metadata as JsonObject
      const said = known.has(String(uid)) ? [] : await sayingsOf(admin, namespace, pod, autoscaler)
      if (said.length > 0) known.add(String(uid))
      for (const [index, saying] of said.entries())
        await admin.create(`/api/v1/namespaces/${namespace}/events`, {
          metadata: { name: `${name}.${String(uid).slice(0, 8)}-${index}` },
          involvedObject: { kind: 'Pod', namespace, name, uid },
          ...saying,
        })
    }
  }
  const timer = setInterval(() => void look().catch(() => undefined), 500)
  return { stop: () => clearInterval(timer) }
}

const messages: Readonly<Record<Autoscaler, string>> = {
  NotTriggerScaleUp: "pod didn't trigger scale-up: 1 Insufficient cpu",
  TriggeredScaleUp: 'pod triggered scale-up: [{gke-shared-late 0->1 (max: 3)}]',
}

const sayingsOf = async (
  admin: Client,
  namespace: string,
  pod: JsonObject,
  autoscaler: readonly Autoscaler[],
): Promise<readonly JsonObject[]> => {
  if (JSON.stringify(pod.status).includes('Unschedulable'))
    return autoscaler.map(reason => ({
      reason,
      message: messages[reason],
      type: 'Normal',
      source: { component: 'cluster-autoscaler' },
    }))
  for (const volume of listIn(pod, 'spec', 'volumes')) {
    const secret = valueAt(volume, ['secret', 'secretName'])
    if (typeof secret !== 'string') continue
    if ((await admin.get(`/api/v1/namespaces/${namespace}/secrets/${secret}`)) !== undefined) continue
    return [
      {
        reason: 'FailedMount',
        message: `MountVolume.SetUp failed for volume "${volume.name}" : secret "${secret}" not found`,
        type: 'Warning',
        source: { component: 'kubelet' },
      },
    ]
  }
  return []
}
