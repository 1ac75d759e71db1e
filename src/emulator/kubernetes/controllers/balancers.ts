import type { JsonObject } from '../../../core/json.ts'
import { listAt, textAt } from '../object.ts'
import type { World } from '../world.ts'
import { fresh, report, setStatus } from './write.ts'

const PROGRAMMING = 20_000
const CONTROLLER = 'nginx'

/**
 * An address that is asked for later takes the place of the one that there is: the forwarding rule is made again
 * (kubernetes/cloud-provider-gcp, providers/gce/gce_loadbalancer_external.go, forwardingRuleNeedsUpdate).
 */
const assign = (world: World, given: JsonObject, wanted: string): void => {
  const live = fresh(world, given)
  if (live === undefined || world.behaviour.loadBalancer === 'pending') return
  const before = textAt(listAt(live, 'status', 'loadBalancer', 'ingress')[0], 'ip')
  if (before !== '' && (wanted === '' || wanted === before)) return
  world.addresses.delete(before)
  const ip = wanted === '' ? `203.0.113.${1 + (world.next() % 254)}` : wanted
  world.addresses.add(ip)
  setStatus(world, live, {
    loadBalancer: { ingress: [{ ip, ...(live.kind === 'Service' ? { ipMode: 'VIP' } : {}) }] },
  })
  report(world, live, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer')
}

/** Gives a Service of type LoadBalancer its address: the one asked for or one of 203.0.113.0/24. */
export const reconcileService = (world: World, service: JsonObject): void => {
  if (textAt(service, 'spec', 'type') !== 'LoadBalancer') return
  world.clock.schedule(PROGRAMMING, () => assign(world, service, textAt(service, 'spec', 'loadBalancerIP')))
}

/** Gives an Ingress the address of the ingress-nginx Service, or one of its own for any other class. */
export const reconcileIngress = (
  world: World,
  ingress: JsonObject,
  services: readonly JsonObject[],
): void => {
  const nginx = services.find(
    each =>
      textAt(each, 'spec', 'type') === 'LoadBalancer' &&
      textAt(each, 'metadata', 'name').includes(`ingress-${CONTROLLER}`),
  )
  const ip = textAt(listAt(nginx, 'status', 'loadBalancer', 'ingress')[0], 'ip')
  const isNginx = textAt(ingress, 'spec', 'ingressClassName') === CONTROLLER
  if (isNginx && ip === '') return
  world.clock.schedule(isNginx ? 1_000 : PROGRAMMING, () => assign(world, ingress, isNginx ? ip : ''))
}
