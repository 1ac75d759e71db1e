import { type JsonObject, type Path, showPath, valueAt } from '../../core/json.ts'
import type { Note } from '../../core/plan.ts'
import { isPosition, type Problem, SlipwayError } from '../../core/problem.ts'
import type { Resource } from '../../core/resource.ts'
import type { Chart, Rendered, RenderInput } from '../../helm/port.ts'
import type { KubernetesReader } from '../../kubernetes/port.ts'
import { clusterOf } from '../in-cluster.ts'
import { type PlanningPorts, type PrepareContext, type Prepared, text } from '../kind.ts'
import { comparableMap, keyOf } from './keys.ts'
import { belongsTo } from './live.ts'
import { notesOf } from './notes.ts'
import { createPlaceholders } from './placeholders.ts'
import { differences, without } from './project.ts'
import { chartOf, isKept, valuesOf } from './spec.ts'

/**
 * Pulls and renders the chart of each release and puts the objects into its spec, references symbolic again. A chart
 * that cannot be had stops the plan, unless it is the one of a record: then the live objects alone are compared.
 */
export const prepareReleases = async (
  resources: readonly Resource[],
  ports: PlanningPorts,
  context: PrepareContext,
): Promise<Prepared> => {
  const all = await Promise.all(resources.map(resource => prepareOne(resource, ports, context)))
  return {
    resources: all.flatMap(one => one.resources),
    notes: all.flatMap(one => one.notes),
    problems: all.flatMap(one => one.problems),
  }
}

const prepareOne = async (
  resource: Resource,
  ports: PlanningPorts,
  context: PrepareContext,
): Promise<Prepared> => {
  try {
    return await rendered(resource, ports, context)
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error
    if (!context.recorded) return { resources: [resource], notes: [], problems: [problemOf(resource, error)] }
    const message = `${resource.address}: what was applied before cannot be rendered again (${error.message}); compared with the live objects alone.`
    return {
      resources: [resource],
      notes: [{ level: 'info', address: resource.address, message }],
      problems: [],
    }
  }
}

const problemOf = ({ address, sources }: Resource, { message, advice }: SlipwayError): Problem => {
  const source = sources['chart.version'] ?? sources['']
  return {
    address,
    message: `${address}: ${message}`,
    ...(advice === undefined ? {} : { advice }),
    ...(isPosition(source) ? { position: source } : {}),
  }
}

const rendered = async (
  resource: Resource,
  ports: PlanningPorts,
  context: PrepareContext,
): Promise<Prepared> => {
  const { spec } = resource
  const { name, version, sha256 } = chartOf(spec)
  const pinned = sha256 === undefined ? {} : { sha256 }
  const chart = await ports.helm.pull({
    repository: text(spec, 'repository'),
    chart: name,
    version,
    ...pinned,
  })
  const reader = await ports.kubernetes.reader(clusterOf(spec))
  const placeholders = createPlaceholders(context.placeholder)
  const input: RenderInput = {
    chart,
    release: text(spec, 'release'),
    namespace: text(spec, 'namespace'),
    values: placeholders.fill(valuesOf(spec)),
    ...(await capabilities(reader)),
    isUpgrade: reader !== undefined && (await isInstalled(reader, spec)),
  }
  const [once, again] = await Promise.all([ports.helm.render(input), ports.helm.render(input)])
  const restore = (objects: readonly JsonObject[]) => comparableMap(objects.map(placeholders.restore))
  const first = restore(once.objects)
  const random = differences(first, restore(again.objects))
  const objects = random.reduce<JsonObject>((kept, path) => without(kept, path), first) as typeof first
  const filled = {
    ...spec,
    chart: { name, version, sha256: chart.sha256 },
    objects,
    hooks: hooksOf(once),
    ...lookedUpIn(once),
    ...(random.length === 0 ? {} : { random: random.map(path => [...path]) }),
  }
  const notes = [
    ...notesOf(resource, chart, objects),
    ...(reader === undefined ? [newClusterNote(resource)] : []),
    ...randomNotes(resource, random, chart),
  ]
  return { resources: [{ ...resource, spec: filled }], notes: context.recorded ? [] : notes, problems: [] }
}

const lookedUpIn = ({ lookedUp }: Rendered): JsonObject => {
  const keys = lookedUp.filter(isKept).map(keyOf).sort()
  return keys.length === 0 ? {} : { lookedUp: keys }
}

const capabilities = async (
  reader: KubernetesReader | undefined,
): Promise<Pick<RenderInput, 'kubeVersion' | 'apiVersions'>> => {
  if (reader === undefined) return {}
  const [kubeVersion, apiVersions] = await Promise.all([reader.version(), reader.apiVersions()])
  return { kubeVersion, apiVersions }
}

/** Asks with a list that observing needs too, so that it costs nothing. */
const isInstalled = async (reader: KubernetesReader, spec: JsonObject): Promise<boolean> => {
  const all = await reader.list('/apis/apps/v1/deployments', {
    labelSelector: 'app.kubernetes.io/managed-by=Helm',
  })
  return all.some(object => belongsTo(object, spec))
}

const hooksOf = ({ hooks }: Rendered): readonly string[] =>
  hooks
    .map(hook => `${keyOf(hook)} at ${String(valueAt(hook, ['metadata', 'annotations', 'helm.sh/hook']))}`)
    .sort()

const newClusterNote = ({ address }: Resource): Note => ({
  level: 'info',
  address,
  message: `${address}: rendered for the newest Kubernetes that helm knows, since the cluster is still to come; apply compares again with the real one.`,
})

const randomNotes = ({ address }: Resource, random: readonly Path[], chart: Chart): readonly Note[] => {
  if (random.length === 0) return []
  const shown = random.slice(0, 5).map(showPath).join(', ')
  const message = `${address}: ${chart.name} makes ${shown}${random.length > 5 ? ', …' : ''} anew each time it is rendered; they are not compared, and every apply of this release changes them.`
  return [{ level: 'warning', address, message, advice: 'Set them in the values, if the chart allows that.' }]
}
