import { type JsonObject, type Path, showPath } from '../../core/json.ts'
import type { Note } from '../../core/plan.ts'
import { isPosition, type Problem, SlipwayError } from '../../core/problem.ts'
import type { Resource } from '../../core/resource.ts'
import { GcpError } from '../../gcp/port.ts'
import type { Chart, ChartName } from '../../helm/port.ts'
import type { KubernetesReader } from '../../kubernetes/port.ts'
import { clusterOf, problemOf as problemInCluster } from '../in-cluster.ts'
import { type PlanningPorts, type PrepareContext, type Prepared, text } from '../kind.ts'
import { type About, createDrawing, type Draw, type Drawn } from './drawing.ts'
import { isInstalled } from './live.ts'
import { notesOf } from './notes.ts'
import { observeAhead } from './observe.ts'
import { chartOf } from './spec.ts'

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

const problemOf = (resource: Resource, error: SlipwayError): Problem => {
  if (error instanceof GcpError) return problemInCluster(resource, error)
  const { address, sources } = resource
  const { message, advice } = error
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
  const wanted = { repository: text(spec, 'repository'), chart: name, version, ...pinned }
  const pulled = ports.helm.pull(wanted)
  const draw = createDrawing(spec, ports.helm, context)
  drawAhead(spec, wanted, pulled, ports, draw).catch(() => undefined)
  const [chart, facts] = await Promise.all([pulled, clusterFacts(spec, pulled, ports)])
  const { objects, random, hooks, lookedUp } = await drawFor(facts, spec, about => draw(chart, about))
  const filled = {
    ...spec,
    chart: { name, version, sha256: chart.sha256 },
    objects,
    hooks,
    ...(lookedUp.length === 0 ? {} : { lookedUp }),
    ...(random.length === 0 ? {} : { random: random.map(path => [...path]) }),
  }
  const notes = [
    ...notesOf(resource, chart, objects),
    ...(facts.reader === undefined ? [newClusterNote(resource)] : []),
    ...randomNotes(resource, random, chart),
  ]
  return { resources: [{ ...resource, spec: filled }], notes: context.recorded ? [] : notes, problems: [] }
}

/**
 * Draws what was there the last time, cluster and archive, while both are being looked at. If they still are so, that is
 * the drawing; if not, it was for nothing.
 */
const drawAhead = async (
  spec: JsonObject,
  wanted: ChartName,
  pulled: Promise<Chart>,
  { kubernetes, helm }: PlanningPorts,
  draw: Draw,
): Promise<void> => {
  const [cluster, chart] = await Promise.all([kubernetes.expected(clusterOf(spec)), helm.expected(wanted)])
  if (cluster !== undefined) await draw(chart ?? (await pulled), { ...cluster, isUpgrade: true })
}

interface ClusterFacts {
  readonly reader: KubernetesReader | undefined
  readonly about: About
}

/** What a render is told of its cluster. What is asked for that, and meanwhile, observing needs too: readers remember. */
const clusterFacts = async (
  spec: JsonObject,
  pulled: Promise<Chart>,
  { kubernetes }: PlanningPorts,
): Promise<ClusterFacts> => {
  const reader = await kubernetes.reader(clusterOf(spec))
  if (reader === undefined) return { reader, about: { isUpgrade: false } }
  // If it fails, observing asks again and says why.
  pulled.then(({ kinds }) => observeAhead(reader, spec, kinds)).catch(() => undefined)
  const [capabilities, isUpgrade] = await Promise.all([reader.capabilities(), isInstalled(reader, spec, {})])
  return { reader, about: { ...capabilities, isUpgrade } }
}

/** A release may have none of the kinds that are always looked at: then the drawing says which ones it has. */
const drawFor = async (
  { reader, about }: ClusterFacts,
  spec: JsonObject,
  draw: (about: About) => Promise<Drawn>,
): Promise<Drawn> => {
  const drawn = await draw(about)
  if (reader === undefined || about.isUpgrade || !(await isInstalled(reader, spec, drawn.objects)))
    return drawn
  return draw({ ...about, isUpgrade: true })
}

const newClusterNote = ({ address }: Resource): Note => ({
  level: 'info',
  address,
  message: `${address}: rendered for the newest Kubernetes that helm knows, since the cluster is still to come; apply compares again with the real one.`,
})

const randomNotes = ({ address }: Resource, random: readonly Path[], chart: Chart): readonly Note[] => {
  if (random.length === 0) return []
  const shown = random.slice(0, 5).map(showPath).join(', ')
  const rolls = random.some(([key = '', ...path]) => rolling.test(key) && path.includes('template'))
  const effect = rolls
    ? 'every apply of this release changes them and so rolls its pods'
    : 'every apply of this release changes them'
  const unless =
    chart.lookupTemplates.length === 0 ? '' : ', unless the chart finds in the cluster what it made before'
  const message = `${address}: ${chart.name} makes ${shown}${random.length > 5 ? ', …' : ''} anew each time it is rendered; they are not compared, and ${effect}${unless}.`
  return [{ level: 'warning', address, message, advice: 'Set them in the values, if the chart allows that.' }]
}

const rolling = /^(Deployment|StatefulSet|DaemonSet)\//
