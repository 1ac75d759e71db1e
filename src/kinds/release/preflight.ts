import { isObject, type JsonObject, type Path, showPath, valueAt } from '../../core/json.ts'
import { SlipwayError } from '../../core/problem.ts'
import { type Kubernetes, KubernetesError } from '../../kubernetes/port.ts'
import { objectPath, resourceOf } from '../../kubernetes/resources.ts'
import { comparableMap } from './keys.ts'
import { differences, projected, without } from './project.ts'
import { isKept, objectsOf, randomOf } from './spec.ts'

const most = 5

/**
 * Compares what helm is about to send with what was reviewed; nothing has been written yet. Objects that a chart looks
 * up and keeps are equal present or absent. @throws SlipwayError naming the fields that nobody reviewed.
 */
export const assertReviewed = (address: string, dry: readonly JsonObject[], spec: JsonObject): void => {
  const wanted = objectsOf(spec)
  if (wanted === undefined) return
  const random = randomOf(spec)
  const plain = (objects: JsonObject): JsonObject =>
    random.reduce<JsonObject>((kept, path) => without(kept, path), objects)
  const found = plain(comparableMap(dry))
  const reviewed = plain(wanted)
  const paths = differences(reviewed, found).filter(path => !excused(path, wanted, found))
  if (paths.length === 0) return
  const shown = paths.slice(0, most).map(path => `${showPath(path)} ${said(reviewed, found, path)}`)
  throw new SlipwayError(
    `${address}: with the cluster as it is now, the chart renders to something else than was reviewed: ${shown.join('; ')}${paths.length > most ? `; and ${paths.length - most} more` : ''}.`,
    { advice: 'Nothing was written. Plan again and review what is different.' },
  )
}

const excused = (path: Path, wanted: Readonly<Record<string, JsonObject>>, found: JsonObject): boolean => {
  const [key = ''] = path
  const missing = !Object.hasOwn(found, key)
  if (missing) return isKept(wanted[key])
  const [, field] = path
  return (
    field === 'apiVersion' ||
    (wanted[key] !== undefined && isZeroOnly(wanted[key], found[key] as JsonObject, path))
  )
}

/** True where the two differ only in a zero that one of them leaves out. */
const isZeroOnly = (wanted: JsonObject, found: JsonObject, path: Path): boolean => {
  const inner = path.slice(1)
  const [declared, live] = [valueAt(wanted, inner), valueAt(found, inner)]
  if (declared === undefined) return live !== undefined && projected(undefined, live) !== undefined
  return live === undefined && projected(undefined, declared) !== undefined
}

const said = (reviewed: JsonObject, found: JsonObject, path: Path): string => {
  const show = (objects: JsonObject): string => {
    const value = valueAt(objects, path)
    if (value === undefined) return 'nothing'
    return typeof value === 'object' ? 'other content' : JSON.stringify(value)
  }
  return `is ${show(found)}, reviewed was ${show(reviewed)}`
}

/**
 * Sends every object as a dry run, the way helm will send it, so that the API server itself says what it would
 * refuse. Gives the objects that cannot be tried yet. @throws SlipwayError for the first refusal.
 */
export const tryAll = async (
  address: string,
  writer: Kubernetes,
  objects: readonly JsonObject[],
  spec: JsonObject,
): Promise<readonly string[]> => {
  const results = await Promise.all(objects.map(object => tryOne(address, writer, asSent(object, spec))))
  return results.filter(result => result !== undefined)
}

/** Helm adds these when it sends an object (pkg/action/validate.go); without them a dry run would take them away. */
const asSent = (object: JsonObject, { release = null, namespace = null }: JsonObject): JsonObject => {
  const metadata = isObject(object.metadata) ? object.metadata : {}
  const { labels, annotations } = metadata
  const ours = { 'meta.helm.sh/release-name': release, 'meta.helm.sh/release-namespace': namespace }
  return {
    ...object,
    metadata: {
      ...metadata,
      labels: { ...(isObject(labels) ? labels : {}), 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: { ...(isObject(annotations) ? annotations : {}), ...ours },
    },
  }
}

const tryOne = async (
  address: string,
  writer: Kubernetes,
  object: JsonObject,
): Promise<string | undefined> => {
  const [kind, apiVersion] = [String(object.kind), String(object.apiVersion)]
  const name = `${kind} ${String(valueAt(object, ['metadata', 'name']))}`
  const resource = await resourceOf(writer, apiVersion, kind)
  if (resource === undefined) return name
  try {
    await writer.apply(objectPath(resource, object), object, { force: true, dryRun: true, manager: 'helm' })
    return undefined
  } catch (error) {
    if (!(error instanceof KubernetesError)) throw error
    if (untried(error)) return name
    throw new SlipwayError(`${address}: the cluster would refuse ${name}: ${brief(error.message)}`, {
      advice: /immutable|may not change|forbidden: updates to/.test(error.message)
        ? 'Nothing was written. Kubernetes fixes this field: give the object another name through the values, or delete it by hand once nothing needs it.'
        : (error.advice ?? 'Nothing was written. Change the values, then plan again.'),
      cause: error,
    })
  }
}

/** A namespace or definition that the release itself makes, or a webhook that cannot be asked. */
const untried = ({ status, message }: KubernetesError): boolean =>
  status === 404 || /failed calling webhook|does not support dry run/.test(message)

/** API servers quote the whole object in some refusals; its values are nobody's to read. */
const brief = (message: string): string => message.replace(/Invalid value: .*?: (?=\w)/gs, '').slice(0, 400)
