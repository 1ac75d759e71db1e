import { isObject, type JsonObject } from '../../../core/json.ts'
import {
  controllerOf,
  controllerReference,
  listAt,
  nameOf,
  namespaceOf,
  numberAt,
  objectAt,
  stringsAt,
  textAt,
  timestamp,
  uidOf,
  withMetadata,
} from '../object.ts'
import { resourceOf } from '../resources.ts'
import { suffix, type World } from '../world.ts'
import { runCertgen } from './certgen.ts'
import { isReady, podFrom } from './pod.ts'
import { condition, ensure, fresh, report, setStatus } from './write.ts'

const podsOf = (world: World, owner: JsonObject): readonly JsonObject[] =>
  world.store.list(resourceOf('Pod'), namespaceOf(owner)).filter(pod => controllerOf(pod) === uidOf(owner))

const startJob = (world: World, job: JsonObject): void => {
  const name = `${nameOf(job)}-${suffix(`${uidOf(job)} pod`, 5)}`
  ensure(world, podFrom(objectAt(job, 'spec', 'template'), name, job, controllerReference(job)))
  report(world, job, 'Normal', 'SuccessfulCreate', `Created pod: ${name}`)
  setStatus(world, job, { active: 1, ready: 0, startTime: timestamp(world.clock.now()) })
}

const endJob = (world: World, job: JsonObject): void => {
  runCertgen(world, job)
  const message = 'Reached expected number of succeeded pods'
  const conditions = ['SuccessCriteriaMet', 'Complete'].map(type =>
    condition(world, type, true, 'CompletionsReached', message),
  )
  const completionTime = timestamp(world.clock.now())
  setStatus(world, job, { active: 0, ready: 0, succeeded: 1, completionTime, conditions })
  report(world, job, 'Normal', 'Completed', 'Job completed')
}

const failJob = (world: World, job: JsonObject): void => {
  const message = 'Job has reached the specified backoff limit'
  const conditions = ['FailureTarget', 'Failed'].map(type =>
    condition(world, type, true, 'BackoffLimitExceeded', message),
  )
  setStatus(world, job, { active: 0, ready: 0, failed: 1, conditions })
  report(world, job, 'Warning', 'BackoffLimitExceeded', message)
}

/** Runs a Job's one pod and says how it ended. */
export const reconcileJob = (world: World, given: JsonObject): void => {
  const job = fresh(world, given)
  if (job === undefined || listAt(job, 'status', 'conditions').length > 0) return
  const [pod] = podsOf(world, job)
  const phase = textAt(pod, 'status', 'phase')
  if (pod === undefined) startJob(world, job)
  else if (phase === 'Succeeded') endJob(world, job)
  else if (phase === 'Failed') failJob(world, job)
}

const claimsOf = (set: JsonObject, pod: string): readonly JsonObject[] =>
  listAt(set, 'spec', 'volumeClaimTemplates')
    .filter(isObject)
    .map(template =>
      withMetadata(
        { apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...template },
        {
          name: `${nameOf(template)}-${pod}`,
          namespace: namespaceOf(set),
          labels: stringsAt(set, 'spec', 'selector', 'matchLabels'),
        },
      ),
    )

const withClaims = (template: JsonObject, claims: readonly JsonObject[], pod: string): JsonObject => {
  const volumes = claims.map(claim => ({
    name: nameOf(claim).slice(0, -(pod.length + 1)),
    persistentVolumeClaim: { claimName: nameOf(claim) },
  }))
  const spec = objectAt(template, 'spec')
  return { ...template, spec: { ...spec, volumes: [...listAt(spec, 'volumes'), ...volumes] } }
}

/** Makes the numbered pods of a StatefulSet with their claims and counts them; changed templates are not rolled out. */
export const reconcileStatefulSet = (world: World, given: JsonObject): void => {
  const set = fresh(world, given)
  if (set === undefined) return
  for (let index = 0; index < numberAt(set, ['spec', 'replicas'], 1); index++) {
    const name = `${nameOf(set)}-${index}`
    const claims = claimsOf(set, name)
    for (const claim of claims) ensure(world, claim)
    ensure(
      world,
      podFrom(
        withClaims(objectAt(set, 'spec', 'template'), claims, name),
        name,
        set,
        controllerReference(set),
      ),
    )
  }
  const pods = podsOf(world, set)
  const ready = pods.filter(isReady).length
  const counted = {
    replicas: pods.length,
    currentReplicas: pods.length,
    updatedReplicas: pods.length,
    readyReplicas: ready,
  }
  setStatus(world, set, {
    ...counted,
    availableReplicas: ready,
    observedGeneration: numberAt(set, ['metadata', 'generation']),
  })
}

/** Makes one pod a node and counts them; changed templates are not rolled out. */
export const reconcileDaemonSet = (world: World, given: JsonObject): void => {
  const set = fresh(world, given)
  if (set === undefined) return
  const nodes = world.store.list(resourceOf('Node'))
  for (const node of nodes) {
    const name = `${nameOf(set)}-${suffix(`${uidOf(set)} ${nameOf(node)}`, 5)}`
    ensure(world, podFrom(objectAt(set, 'spec', 'template'), name, set, controllerReference(set)))
  }
  const ready = podsOf(world, set).filter(isReady).length
  setStatus(world, set, {
    desiredNumberScheduled: nodes.length,
    currentNumberScheduled: nodes.length,
    updatedNumberScheduled: nodes.length,
    numberMisscheduled: 0,
    numberReady: ready,
    numberAvailable: ready,
    observedGeneration: numberAt(set, ['metadata', 'generation']),
  })
}
