import { type Json, type JsonObject, valueAt } from '../../../src/core/json.ts'
import type { Client } from './client.ts'

/** Stands for the controllers that GKE has and Kubernetes has not: addresses of load balancers, disks that grow. */
export const startCloudControllers = (admin: Client): { stop(): Promise<void> } => {
  let stopped = false
  const work = async (): Promise<void> => {
    while (!stopped) {
      await Promise.all([balance(admin), grow(admin)]).catch(() => undefined)
      await new Promise(done => setTimeout(done, 300))
    }
  }
  const working = work()
  return {
    stop: async () => {
      stopped = true
      await working
    },
  }
}

const at = (object: JsonObject, ...path: readonly string[]): Json | undefined => valueAt(object, path)

/** `namespace/NAME` as a path. */
const pathOf = (collection: string, object: JsonObject): string =>
  `/api/v1/namespaces/${at(object, 'metadata', 'namespace')}/${collection}/${at(object, 'metadata', 'name')}`

const balance = async (admin: Client): Promise<void> => {
  const services = await admin.items('/api/v1/services')
  for (const [index, service] of services.entries()) {
    if (at(service, 'spec', 'type') !== 'LoadBalancer') continue
    const ip = at(service, 'spec', 'loadBalancerIP') ?? `203.0.113.${index + 1}`
    const ingress = [{ ip, ipMode: 'VIP' }]
    if (JSON.stringify(at(service, 'status', 'loadBalancer', 'ingress')) === JSON.stringify(ingress)) continue
    await admin.merge(`${pathOf('services', service)}/status`, { status: { loadBalancer: { ingress } } })
  }
}

const grow = async (admin: Client): Promise<void> => {
  for (const claim of await admin.items('/api/v1/persistentvolumeclaims')) {
    const wanted = at(claim, 'spec', 'resources', 'requests', 'storage')
    if (at(claim, 'status', 'phase') !== 'Bound' || at(claim, 'status', 'capacity', 'storage') === wanted)
      continue
    const volume = `/api/v1/persistentvolumes/${at(claim, 'spec', 'volumeName')}`
    await admin.merge(volume, { spec: { capacity: { storage: wanted ?? null } } })
    const status = { capacity: { storage: wanted ?? null }, conditions: null }
    await admin.merge(`${pathOf('persistentvolumeclaims', claim)}/status`, { status })
  }
}
