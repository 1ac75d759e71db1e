import { isObject, type Json, type JsonObject, valueAt } from '../../core/json.ts'
import { SlipwayError } from '../../core/problem.ts'
import type { Kubernetes } from '../../kubernetes/port.ts'
import { clusterOf, isRaceOrLost, markLabel } from '../in-cluster.ts'
import { type ApplyingPorts, text, type Work } from '../kind.ts'
import { rewriting } from '../shared/rewriting.ts'
import { stillDue } from '../shared/turns.ts'
import { annotationKey, record, recordedIn } from './annotation.ts'
import { kubernetesSecretRules } from './rules.ts'
import { sourcesOf, valueFrom } from './values.ts'

/**
 * Writes a Secret, then the annotation that names its versions. A kill in between makes the next run write the same
 * again. @throws KubernetesError, GcpError, SlipwayError, also for an annotation that has changed since the plan
 */
export const writeSecret = async (work: Work, ports: ApplyingPorts): Promise<void> => {
  const { spec } = work
  const writer = await ports.kubernetes.writer(clusterOf(spec))
  const [namespace, name] = [text(spec, 'namespace'), text(spec, 'name')]
  const space = await writer.get(`/api/v1/namespaces/${namespace}`)
  if (space === undefined)
    throw new SlipwayError(`${work.address} has no place: namespace ${namespace} is not there.`, {
      advice: `Add ${namespace} to \`namespaces:\` in the file.`,
    })
  const path = `/api/v1/namespaces/${namespace}/secrets`
  const before = recordedIn(space)[name]
  const attempt = async (): Promise<void> => {
    const live = await writer.get(`${path}/${name}`)
    const values = await valuesOf(spec, live, ports)
    work.signal.throwIfAborted()
    stillDue(work, kubernetesSecretRules, { data: before ?? {} }, work.changes)
    if (live === undefined) await writer.create(path, secretOf(work, values))
    else await change({ writer, path: `${path}/${name}`, live, work, values, before })
  }
  await rewriting(ports.gcp, `Secret ${name} in ${namespace}`, work, attempt, isRaceOrLost)
  const sources = spec.data
  await record(writer, namespace, name, isObject(sources) ? sources : {})
}

type Values = Readonly<Record<string, string>>

const valuesOf = async (
  spec: JsonObject,
  live: JsonObject | undefined,
  ports: ApplyingPorts,
): Promise<Values> => {
  const existing = decoded(live)
  for (const value of Object.values(existing)) ports.redactor.add(value)
  const project = text(spec, 'project')
  const entries = Object.entries(sourcesOf(spec)).map(async ([key, source]) => {
    const value = await valueFrom(source, { ports, project, existing: existing[key] })
    return [key, value.reveal()] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

const decoded = (live: JsonObject | undefined): Values => {
  const data = live?.data
  return Object.fromEntries(
    Object.entries(isObject(data) ? data : {}).map(([key, value]) => [
      key,
      Buffer.from(String(value), 'base64').toString('utf8'),
    ]),
  )
}

const encoded = (values: Values): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  )

const secretOf = ({ spec, environment }: Work, values: Values): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: text(spec, 'name'), labels: { [markLabel]: environment } },
  type: text(spec, 'type'),
  data: encoded(values),
})

interface Change {
  readonly writer: Kubernetes
  readonly path: string
  readonly live: JsonObject
  readonly work: Work
  readonly values: Values
  /** What the annotation said of it. */
  readonly before: Json | undefined
}

const change = async ({ writer, path, live, work, values, before }: Change): Promise<void> => {
  const existing = decoded(live)
  const same = Object.entries(values).every(([key, value]) => existing[key] === value)
  const mark = valueAt(live, ['metadata', 'labels', markLabel])
  if (mark !== work.environment && before === undefined && !same) throw foreign(work, mark)
  if (live.type !== work.spec.type)
    throw new SlipwayError(
      `${work.address} is of type ${String(live.type)}, not ${String(work.spec.type)}.`,
      {
        advice:
          'Kubernetes fixes the type. Delete the Secret by hand once nothing needs it, or choose another name.',
      },
    )
  const ours = isObject(before) ? Object.keys(before) : []
  const dropped = ours.filter(key => !Object.hasOwn(values, key)).map(key => [key, null] as const)
  const idle = same && mark === work.environment && dropped.every(([key]) => !Object.hasOwn(existing, key))
  if (idle) return
  const resourceVersion = valueAt(live, ['metadata', 'resourceVersion']) ?? null
  await writer.merge(path, {
    metadata: { resourceVersion, labels: { [markLabel]: work.environment } },
    data: { ...encoded(values), ...Object.fromEntries(dropped) },
  })
}

const foreign = ({ address, spec, environment }: Work, mark: Json | undefined): SlipwayError =>
  new SlipwayError(
    `${address}: a Secret ${String(spec.name)} is in ${String(spec.namespace)} already, with other values, and ${
      typeof mark === 'string' ? `it belongs to environment ${mark}` : 'Slipway did not make it'
    }.`,
    {
      advice: `To hand it over, label it ${markLabel}=${environment} (kubectl label secret); else choose another name. Its versions are then kept in the namespace's annotation ${annotationKey}.`,
    },
  )

/** Deletes a Secret that carries our mark, then takes it out of the annotation. @throws KubernetesError */
export const removeSecret = async (work: Work, ports: ApplyingPorts): Promise<void> => {
  const { spec } = work
  const writer = await ports.kubernetes.writer(clusterOf(spec))
  const [namespace, name] = [text(spec, 'namespace'), text(spec, 'name')]
  if ((await writer.get(`/api/v1/namespaces/${namespace}`)) === undefined) return
  const path = `/api/v1/namespaces/${namespace}/secrets/${name}`
  const live = await writer.get(path)
  const resourceVersion = valueAt(live, ['metadata', 'resourceVersion'])
  work.signal.throwIfAborted()
  if (
    typeof resourceVersion === 'string' &&
    valueAt(live, ['metadata', 'labels', markLabel]) === work.environment
  )
    await writer.remove(path, { resourceVersion })
  await record(writer, namespace, name, undefined)
}
