import { canonical, equal, type JsonObject, valueAt } from '../../../core/json.ts'
import { remove } from '../deletion.ts'
import {
  controllerOf,
  controllerReference,
  nameOf,
  namespaceOf,
  numberAt,
  objectAt,
  stringsAt,
  textAt,
  uidOf,
  withMetadata,
} from '../object.ts'
import { resourceOf } from '../resources.ts'
import { suffix, type World } from '../world.ts'
import { isReady, podFrom } from './pod.ts'
import { change, condition, ensure, fresh, report, setStatus } from './write.ts'

const HASH = 'pod-template-hash'
const REVISION = 'deployment.kubernetes.io/revision'

const owned = (world: World, kind: string, owner: JsonObject): readonly JsonObject[] =>
  world.store.list(resourceOf(kind), namespaceOf(owner)).filter(each => controllerOf(each) === uidOf(owner))

const scale = (world: World, set: JsonObject, replicas: number): void => {
  if (numberAt(set, ['spec', 'replicas']) !== replicas)
    change(world, set, live => ({ ...live, spec: { ...objectAt(live, 'spec'), replicas } }))
}

const newSet = (deployment: JsonObject, hash: string, revision: number): JsonObject => {
  const template = objectAt(deployment, 'spec', 'template')
  const labels = { ...stringsAt(template, 'metadata', 'labels'), [HASH]: hash }
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${nameOf(deployment)}-${hash}`,
      namespace: namespaceOf(deployment),
      labels,
      annotations: { [REVISION]: String(revision) },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: 0,
      selector: {
        matchLabels: { ...stringsAt(deployment, 'spec', 'selector', 'matchLabels'), [HASH]: hash },
      },
      template: withMetadata(template, { labels }),
    },
  }
}

const revisionOf = (object: JsonObject): number =>
  Number(textAt(object, 'metadata', 'annotations', REVISION) || '0')

const deploymentStatus = (
  world: World,
  deployment: JsonObject,
  current: JsonObject,
  sets: readonly JsonObject[],
): JsonObject => {
  const wanted = numberAt(deployment, ['spec', 'replicas'], 1)
  const sum = (key: string): number => sets.reduce((total, set) => total + numberAt(set, ['status', key]), 0)
  const [updated, available] = [
    numberAt(current, ['status', 'replicas']),
    numberAt(current, ['status', 'readyReplicas']),
  ]
  const complete = updated === wanted && available === wanted && sum('replicas') === wanted
  const known = (type: string): JsonObject | undefined => {
    const list = valueAt(deployment, ['status', 'conditions'])
    return Array.isArray(list) ? list.find(each => textAt(each, 'type') === type) : undefined
  }
  const settled = (next: JsonObject): JsonObject => {
    const before = known(textAt(next, 'type'))
    return before !== undefined && before.status === next.status && before.reason === next.reason
      ? before
      : next
  }
  const isAvailable = sum('readyReplicas') >= wanted
  const name = nameOf(current)
  return {
    observedGeneration: numberAt(deployment, ['metadata', 'generation']),
    replicas: sum('replicas'),
    updatedReplicas: updated,
    readyReplicas: sum('readyReplicas'),
    availableReplicas: sum('readyReplicas'),
    unavailableReplicas: Math.max(0, wanted - sum('readyReplicas')),
    conditions: [
      settled(
        condition(
          world,
          'Available',
          isAvailable,
          isAvailable ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
          isAvailable
            ? 'Deployment has minimum availability.'
            : 'Deployment does not have minimum availability.',
        ),
      ),
      settled(
        complete
          ? condition(
              world,
              'Progressing',
              true,
              'NewReplicaSetAvailable',
              `ReplicaSet "${name}" has successfully progressed.`,
            )
          : condition(
              world,
              'Progressing',
              true,
              'ReplicaSetUpdated',
              `ReplicaSet "${name}" is progressing.`,
            ),
      ),
    ],
  }
}

const watchDeadline = (world: World, deployment: JsonObject, set: JsonObject): void =>
  world.clock.schedule(numberAt(deployment, ['spec', 'progressDeadlineSeconds'], 600) * 1000, () => {
    const [live, current] = [fresh(world, deployment), fresh(world, set)]
    if (live === undefined || current === undefined) return
    const wanted = numberAt(current, ['spec', 'replicas'])
    if (wanted === 0 || numberAt(current, ['status', 'readyReplicas']) >= wanted) return
    const status = deploymentStatus(world, live, current, owned(world, 'ReplicaSet', live))
    const late = condition(
      world,
      'Progressing',
      false,
      'ProgressDeadlineExceeded',
      `ReplicaSet "${nameOf(set)}" has timed out progressing.`,
    )
    const conditions = Array.isArray(status.conditions) ? status.conditions.slice(0, 1) : []
    setStatus(world, live, { ...status, conditions: [...conditions, late] })
  })

/** Makes the ReplicaSet of the Deployment's template, hands the pods over to it and reports the status. */
export const reconcileDeployment = (world: World, given: JsonObject): void => {
  const deployment = fresh(world, given)
  if (deployment === undefined) return
  const hash = suffix(canonical(objectAt(deployment, 'spec', 'template')), 10)
  const name = `${nameOf(deployment)}-${hash}`
  const before = owned(world, 'ReplicaSet', deployment)
  const wanted = numberAt(deployment, ['spec', 'replicas'], 1)
  const newest = Math.max(0, ...before.map(revisionOf))
  const isNew = !before.some(set => nameOf(set) === name)
  ensure(world, newSet(deployment, hash, newest + 1))
  const current = world.store.get(resourceOf('ReplicaSet'), namespaceOf(deployment), name)
  if (current === undefined) return
  if (isNew) {
    watchDeadline(world, deployment, current)
    report(
      world,
      deployment,
      'Normal',
      'ScalingReplicaSet',
      `Scaled up replica set ${name} from 0 to ${wanted}`,
    )
  } else if (revisionOf(current) < newest) mark(world, current, newest + 1)
  mark(world, deployment, isNew ? newest + 1 : Math.max(newest, revisionOf(current)))
  const recreate = textAt(deployment, 'spec', 'strategy', 'type') === 'Recreate'
  const others = before.filter(set => nameOf(set) !== name)
  scale(world, current, wanted)
  if (recreate || numberAt(current, ['status', 'readyReplicas']) >= wanted)
    for (const set of others) scale(world, set, 0)
  const status = deploymentStatus(world, deployment, current, owned(world, 'ReplicaSet', deployment))
  const late = JSON.stringify(objectAt(deployment, 'status')).includes('ProgressDeadlineExceeded')
  const progressed = numberAt(current, ['status', 'readyReplicas']) >= wanted || isNew
  if (!late || progressed) setStatus(world, deployment, status)
}

const mark = (world: World, object: JsonObject, revision: number): void => {
  if (revisionOf(object) === revision) return
  change(world, object, live =>
    withMetadata(live, {
      annotations: { ...stringsAt(live, 'metadata', 'annotations'), [REVISION]: String(revision) },
    }),
  )
}

/** Makes and removes the pods of a ReplicaSet and counts them. */
export const reconcileReplicaSet = (world: World, given: JsonObject): void => {
  const set = fresh(world, given)
  if (set === undefined) return
  const wanted = numberAt(set, ['spec', 'replicas'])
  const pods = owned(world, 'Pod', set)
  const template = objectAt(set, 'spec', 'template')
  for (let count = pods.length; count < wanted; count++) {
    const name = `${nameOf(set)}-${suffix(`pod ${world.next()}`, 5)}`
    ensure(world, podFrom(template, name, set, controllerReference(set)))
    report(world, set, 'Normal', 'SuccessfulCreate', `Created pod: ${name}`)
  }
  for (const pod of pods.slice(wanted))
    remove(
      world,
      {
        resource: resourceOf('Pod'),
        namespace: namespaceOf(pod),
        name: nameOf(pod),
        subresource: '',
        manager: 'kube-controller-manager',
        dryRun: false,
      },
      { uid: uidOf(pod), resourceVersion: '', propagation: '' },
    )
  const now = owned(world, 'Pod', set)
  const isReadyNow = now.filter(isReady).length
  const status = {
    replicas: now.length,
    fullyLabeledReplicas: now.length,
    readyReplicas: isReadyNow,
    availableReplicas: isReadyNow,
    observedGeneration: numberAt(set, ['metadata', 'generation']),
  }
  if (!equal(status, objectAt(set, 'status'))) setStatus(world, set, status)
}
