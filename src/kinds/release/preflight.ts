import { isObject, type JsonObject, type Path, showPath, valueAt } from '../../core/json.ts'
import { SlipwayError } from '../../core/problem.ts'
import type { Rendered } from '../../helm/port.ts'
import { type Kubernetes, KubernetesError } from '../../kubernetes/port.ts'
import { type ApiResource, collectionPath, objectPath, resourceOf } from '../../kubernetes/resources.ts'
import { requireSecretsKept } from './kept-secrets.ts'
import { comparableMap } from './keys.ts'
import { differences, projected } from './project.ts'
import { withoutRandom } from './random.ts'
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
  const plain = (objects: JsonObject): JsonObject => withoutRandom(objects, random, wanted)
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

/** What helm is about to do, as its own dry run says, and the number of the revision that it makes of it. */
export interface Ahead extends Pick<Rendered, 'objects' | 'hooks'> {
  readonly revision: number
}

/**
 * Sends every object as a dry run, the way helm will send it, and makes its hooks and its own record as dry runs, so
 * that the API server itself says what it would refuse. Gives the objects that cannot be tried yet. @throws SlipwayError
 * for the first refusal, and for a Secret that helm would delete although it is still used.
 */
export const tryAll = async (
  address: string,
  writer: Kubernetes,
  { objects, hooks, revision }: Ahead,
  spec: JsonObject,
): Promise<readonly string[]> => {
  await requireSecretsKept(address, writer, objects, spec)
  const trial: Trial = { address, writer, own: webhooksIn(objects) }
  const events = revision === 1 ? /\b(pre|post)-install\b/ : /\b(pre|post)-upgrade\b/
  const made = [recordOf(spec, revision), ...hooks.filter(hook => events.test(eventsOf(hook)))]
  const results = await Promise.all([
    ...objects.map(object => tryOne(trial, asSent(object, spec), sending)),
    ...made.map(object => tryOne(trial, object, making)),
  ])
  return results.filter(result => result !== undefined)
}

const eventsOf = (hook: JsonObject): string =>
  String(valueAt(hook, ['metadata', 'annotations', 'helm.sh/hook']) ?? '')

/** The Secret in which helm keeps a revision (storage format of Helm 3 and 4), without what it holds. */
const recordOf = ({ release = null, namespace = null }: JsonObject, revision: number): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'helm.sh/release.v1',
  metadata: {
    name: `sh.helm.release.v1.${release}.v${revision}`,
    namespace,
    labels: { owner: 'helm', name: release, status: 'pending-upgrade', version: String(revision) },
  },
})

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

interface Trial {
  readonly address: string
  readonly writer: Kubernetes
  /** Webhooks that the release itself brings: whether they answer is its own affair. */
  readonly own: ReadonlySet<string>
}

/** Names of the admission webhooks that are declared by some objects. */
const webhooksIn = (objects: readonly JsonObject[]): ReadonlySet<string> =>
  new Set(
    objects
      .filter(({ kind }) => /^(Validating|Mutating)WebhookConfiguration$/.test(String(kind)))
      .flatMap(({ webhooks }) => (Array.isArray(webhooks) ? webhooks : []))
      .flatMap(webhook => (isObject(webhook) ? [String(webhook.name)] : [])),
  )

type Try = (writer: Kubernetes, resource: ApiResource, object: JsonObject) => Promise<unknown>

const sending: Try = (writer, resource, object) =>
  writer.apply(objectPath(resource, object), object, { force: true, dryRun: true, manager: 'helm' })

/**
 * One that is there already was judged before the server saw that, and helm deletes it first: so what it takes of a
 * quota says nothing either.
 */
const making: Try = async (writer, resource, object) => {
  const { namespace } = isObject(object.metadata) ? object.metadata : {}
  const space = resource.namespaced && typeof namespace === 'string' ? namespace : undefined
  try {
    await writer.create(collectionPath(resource, space), object, { dryRun: true })
  } catch (error) {
    const isPassed =
      error instanceof KubernetesError && (error.status === 409 || /exceeded quota/.test(error.message))
    if (!isPassed) throw error
  }
}

const tryOne = async (
  { address, writer, own }: Trial,
  object: JsonObject,
  attempt: Try,
): Promise<string | undefined> => {
  const [kind, apiVersion] = [String(object.kind), String(object.apiVersion)]
  const name = `${kind} ${String(valueAt(object, ['metadata', 'name']))}`
  const resource = await resourceOf(writer, apiVersion, kind)
  if (resource === undefined) return name
  try {
    await attempt(writer, resource, object)
    return undefined
  } catch (error) {
    if (!(error instanceof KubernetesError)) throw error
    if (untried(error, own)) return name
    throw new SlipwayError(`${address}: the cluster would refuse ${name}: ${brief(error.message)}`, {
      advice: adviceFor(error),
      cause: error,
    })
  }
}

const adviceFor = ({ message, advice }: KubernetesError): string => {
  if (webhookIn(message) !== undefined)
    return 'Nothing was written. The server behind that admission webhook does not answer: bring it back, or delete its configuration if nothing needs it, then run this again.'
  if (/immutable|may not change|forbidden: updates to/.test(message))
    return 'Nothing was written. Kubernetes fixes this field: give the object another name through the values, or delete it by hand once nothing needs it.'
  return advice === undefined
    ? 'Nothing was written. Change the values, then plan again.'
    : `Nothing was written. ${advice}`
}

/** The admission webhook that could not be asked, by its name. */
const webhookIn = (message: string): string | undefined =>
  /failed calling webhook "([^"]+)"/.exec(message)?.[1]

/** A namespace or definition that the release itself makes, or a webhook of its own that does not run yet. */
const untried = ({ status, message }: KubernetesError, own: ReadonlySet<string>): boolean =>
  status === 404 || own.has(webhookIn(message) ?? '') || /does not support dry run/.test(message)

/** API servers quote the whole object in some refusals; its values are nobody's to read. */
const brief = (message: string): string => message.replace(/Invalid value: .*?: (?=\w)/gs, '').slice(0, 400)
