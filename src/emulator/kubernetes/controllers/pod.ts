import { isObject, type JsonObject, valueAt } from '../../../core/json.ts'
import {
  listAt,
  nameOf,
  namespaceOf,
  numberAt,
  objectAt,
  textAt,
  timestamp,
  uidOf,
  withMetadata,
} from '../object.ts'
import { containersOf } from '../pod-defaults.ts'
import { resourceOf } from '../resources.ts'
import type { World } from '../world.ts'
import { fails, missingInput, unboundClaim } from './obstacles.ts'
import { change, condition, fresh, report, setStatus } from './write.ts'

/** How long the steps of a pod's start take, in milliseconds on the cluster's clock. */
const SCHEDULING = 500
const PULLING = 4_000
const STARTING = 3_000

const conditions = (pod: JsonObject, ...fresh: readonly JsonObject[]): readonly JsonObject[] => {
  const known = listAt(pod, 'status', 'conditions').filter(isObject)
  const kept = known.filter(each => !fresh.some(other => other.type === each.type))
  return [...kept, ...fresh]
}

const statuses = (
  pod: JsonObject,
  key: string,
  make: (container: JsonObject, index: number) => JsonObject,
): JsonObject[] =>
  listAt(pod, 'spec', key)
    .filter(isObject)
    .map((container, index) => ({
      name: textAt(container, 'name'),
      image: textAt(container, 'image'),
      imageID: '',
      restartCount: 0,
      ready: false,
      started: false,
      ...make(container, index),
    }))

/** A native sidecar keeps running beside the containers; any other init container ends before they start. */
const isSidecar = (container: JsonObject): boolean => container.restartPolicy === 'Always'

const finished = (world: World): JsonObject => {
  const at = timestamp(world.clock.now())
  return { terminated: { exitCode: 0, reason: 'Completed', startedAt: at, finishedAt: at } }
}
const running = (world: World): JsonObject => ({ running: { startedAt: timestamp(world.clock.now()) } })

const initStatuses = (world: World, pod: JsonObject): JsonObject[] =>
  statuses(pod, 'initContainers', container =>
    isSidecar(container)
      ? { ready: true, started: true, state: running(world) }
      : { ready: true, state: finished(world) },
  )

const waiting = (reason: string, message: string): JsonObject => ({ state: { waiting: { reason, message } } })

/** Writes a reason for waiting, once. */
const stuck = (world: World, pod: JsonObject, reason: string, message: string, event: string): void => {
  const known = listAt(pod, 'status', 'containerStatuses')[0]
  if (
    textAt(known, 'state', 'waiting', 'reason') === reason &&
    textAt(known, 'state', 'waiting', 'message') === message
  )
    return
  const containerStatuses = statuses(pod, 'containers', () => waiting(reason, message))
  setStatus(world, pod, { phase: 'Pending', containerStatuses })
  report(world, pod, 'Warning', event, message)
}

const unscheduled = (world: World, pod: JsonObject, message: string): void => {
  const known = listAt(pod, 'status', 'conditions').find(each => textAt(each, 'type') === 'PodScheduled')
  if (textAt(known, 'message') === message) return
  const why = condition(world, 'PodScheduled', false, 'Unschedulable', message)
  setStatus(world, pod, { phase: 'Pending', conditions: [...conditions(pod, why)] })
  report(world, pod, 'Warning', 'FailedScheduling', message)
}

const schedule = (world: World, pod: JsonObject) => {
  const claim = unboundClaim(world, pod)
  const message = (fails(world, pod) && world.behaviour.unschedulable) || claim
  if (message !== undefined) return unscheduled(world, pod, message)
  const node = nameOf(world.store.list(resourceOf('Node'))[0] ?? {}) || 'node'
  report(
    world,
    pod,
    'Normal',
    'Scheduled',
    `Successfully assigned ${namespaceOf(pod)}/${nameOf(pod)} to ${node}`,
  )
  change(world, pod, live => ({ ...live, spec: { ...objectAt(live, 'spec'), nodeName: node } }))
  const containerStatuses = statuses(pod, 'containers', () => ({
    state: { waiting: { reason: 'ContainerCreating' } },
  }))
  const placed = condition(world, 'PodScheduled', true)
  setStatus(world, pod, {
    phase: 'Pending',
    hostIP: '10.128.0.2',
    containerStatuses,
    conditions: [...conditions(pod, placed)],
  })
}

const start = (world: World, pod: JsonObject) => {
  const missing = missingInput(world, pod)
  if (missing !== undefined) return stuck(world, pod, 'CreateContainerConfigError', missing, 'Failed')
  if (fails(world, pod) && world.behaviour.imagePull === 'fail') {
    const image = textAt(containersOf(objectAt(pod, 'spec')).at(-1), 'image')
    return stuck(
      world,
      pod,
      'ImagePullBackOff',
      `Back-off pulling image "${image}": ErrImagePull: failed to pull and unpack image "${image}": not found`,
      'Failed',
    )
  }
  for (const container of containersOf(objectAt(pod, 'spec')))
    report(world, pod, 'Normal', 'Pulled', `Successfully pulled image "${textAt(container, 'image')}"`)
  const containerStatuses = statuses(pod, 'containers', () => ({ started: true, state: running(world) }))
  const initialised = condition(world, 'Initialized', true)
  const address = `10.8.0.${2 + (world.next() % 250)}`
  setStatus(world, pod, {
    phase: 'Running',
    podIP: address,
    podIPs: [{ ip: address }],
    startTime: timestamp(world.clock.now()),
    initContainerStatuses: initStatuses(world, pod),
    containerStatuses,
    conditions: [...conditions(pod, initialised, condition(world, 'Ready', false, 'ContainersNotReady'))],
  })
}

const crash = (world: World, pod: JsonObject): void => {
  if (
    textAt(listAt(pod, 'status', 'containerStatuses')[0], 'state', 'waiting', 'reason') === 'CrashLoopBackOff'
  )
    return
  const at = timestamp(world.clock.now())
  const ended = { terminated: { exitCode: 1, reason: 'Error', startedAt: at, finishedAt: at } }
  const first = textAt(listAt(pod, 'spec', 'containers')[0], 'name')
  const message = `back-off 5m0s restarting failed container=${first} pod=${nameOf(pod)}_${namespaceOf(pod)}(${uidOf(pod)})`
  const containerStatuses = statuses(pod, 'containers', (_, index) =>
    index === 0
      ? { restartCount: 4, lastState: ended, ...waiting('CrashLoopBackOff', message) }
      : { ready: true, started: true, state: running(world) },
  )
  setStatus(world, pod, { containerStatuses })
  report(
    world,
    pod,
    'Warning',
    'BackOff',
    `Back-off restarting failed container ${first} in pod ${nameOf(pod)}_${namespaceOf(pod)}(${uidOf(pod)})`,
  )
}

const ready = (world: World, pod: JsonObject) => {
  const job = textAt(pod, 'spec', 'restartPolicy') !== 'Always'
  const failing = fails(world, pod) && world.behaviour.crash !== undefined
  if (failing && !job) return crash(world, pod)
  const ended = { terminated: { exitCode: 1, reason: 'Error' } }
  const containerStatuses = statuses(pod, 'containers', () =>
    job
      ? { state: failing ? ended : finished(world) }
      : { ready: true, started: true, state: running(world) },
  )
  setStatus(world, pod, {
    phase: job ? (failing ? 'Failed' : 'Succeeded') : 'Running',
    containerStatuses,
    conditions: [
      ...conditions(
        pod,
        condition(world, 'Ready', !job, job ? 'PodCompleted' : undefined),
        condition(world, 'ContainersReady', !job),
      ),
    ],
  })
}

/** True for a pod whose Ready condition holds. */
export const isReady = (pod: JsonObject): boolean =>
  listAt(pod, 'status', 'conditions').some(
    each => textAt(each, 'type') === 'Ready' && textAt(each, 'status') === 'True',
  )

type Step = readonly [delay: number, act: (world: World, pod: JsonObject) => void]

const nextStep = (pod: JsonObject): Step | undefined => {
  const phase = textAt(pod, 'status', 'phase') || 'Pending'
  if (textAt(pod, 'spec', 'nodeName') === '') return [SCHEDULING, schedule]
  if (phase === 'Pending') return [PULLING, start]
  const probe = valueAt(listAt(pod, 'spec', 'containers')[0], ['readinessProbe'])
  const wait = STARTING + numberAt(probe, ['initialDelaySeconds']) * 1000
  return phase === 'Running' && !isReady(pod) ? [wait, ready] : undefined
}

/** Takes a pod one step further after the time which that step takes; a pod that is stuck stays where it is. */
export const advancePod = (world: World, pod: JsonObject): void => {
  const step = nextStep(pod)
  if (step === undefined) return
  const [delay, act] = step
  world.clock.schedule(delay, () => {
    const live = fresh(world, pod)
    if (live !== undefined && nextStep(live)?.[1] === act) act(world, live)
  })
}

/** A pod made from a template. */
export const podFrom = (
  template: JsonObject,
  name: string,
  owner: JsonObject,
  ownerReference: JsonObject,
): JsonObject =>
  withMetadata(
    { apiVersion: 'v1', kind: 'Pod', ...template },
    {
      ...objectAt(template, 'metadata'),
      name,
      namespace: namespaceOf(owner),
      ownerReferences: [ownerReference],
    },
  )
