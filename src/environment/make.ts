import { isPosition, type Position, type Problem, ProblemsError, SlipwayError } from '../core/problem.ts'
import type { Resource } from '../core/resource.ts'
import type { Scope } from '../kinds/kind.ts'
import { kindsByName } from '../kinds/registry.ts'
import { regionOf } from '../kinds/shared/places.ts'
import { type Checked, objectAt } from './checks/check.ts'
import { waitsIn } from './checks/waits.ts'
import type { Environment, Loaded } from './environment.ts'
import { explain, ownSentence } from './explain.ts'
import { workloadMember } from './grants.ts'
import type { DocumentItem } from './item.ts'
import { itemsOf } from './items.ts'
import type { Made } from './made.ts'
import { notesOf } from './notes.ts'
import { serverUrl } from './presets/skypilot-kubernetes.ts'
import { danglingIn } from './references.ts'
import { fromJson, sourcesOf } from './tree.ts'
import { useOf } from './use.ts'
import { wired } from './wiring.ts'

/** Calls every kind for every item and puts the environment together. */
export const environmentOf = (made: Made): Loaded => {
  const { checked, applier, tree, file } = made
  const { header, document } = checked
  const scope = scopeOf(checked, applier)
  const clusterAddress = scope.cluster?.address
  const items = itemsOf(tree, { header, applier, clusterAddress })
  const results = items.map(item => resourceOf(item, scope, checked))
  const wrong = [...results.flatMap(({ problems }) => problems), ...twice(items, checked)]
  if (wrong.length > 0) return { problems: wrong }
  const resources = wired(
    results.flatMap(({ resource }) => resource ?? []),
    header.project,
  )
  const dangling = danglingIn(checked, resources)
  if (dangling.length > 0) return { problems: dangling }
  const waits = waitsIn(checked, resources)
  if (waits.length > 0) return { problems: waits }
  const used = useOf(resources, checked)
  if (used.problems.length > 0) return { problems: used.problems }
  const url = made.input === undefined ? undefined : serverUrl(made.input)
  const environment: Environment = {
    name: header.name,
    file,
    project: header.project,
    projectAt: made.projectAt,
    location: header.location,
    ...(header.app === undefined ? {} : { app: header.app }),
    ...(header.state === undefined ? {} : { state: header.state }),
    resources: used.resources,
    notes: [...made.notes, ...used.notes, ...notesOf(made)],
    ...(url === undefined ? {} : { url }),
    deletable: used.deletable,
    shared: used.shared,
    ...(scope.cluster === undefined ? {} : { cluster: scope.cluster }),
    document,
    sources: sourcesOf(tree),
    workloads: workloadsOf(checked),
  }
  return { environment }
}

const scopeOf = ({ header, document }: Checked, applier: string | undefined): Scope => {
  const { name: environment, project, location } = header
  const cluster = objectAt(document, ['cluster'])
  const shared = typeof cluster.use === 'string'
  const name = shared ? cluster.use : cluster.name
  const place = { project, location: String(cluster.location ?? location), name: String(name) }
  return {
    environment,
    project,
    location,
    region: regionOf(location),
    cluster: name === undefined ? undefined : shared ? place : { ...place, address: `cluster/${place.name}` },
    applier,
  }
}

const resourceOf = (
  item: DocumentItem,
  scope: Scope,
  { start }: Checked,
): { readonly resource?: Resource; readonly problems: readonly Problem[] } => {
  const { kind, name, settings, sources, tree = fromJson(settings, sources[''] ?? start) } = item
  const known = kindsByName.get(kind)
  const parsed = known?.schema.safeParse(settings, ownSentence)
  if (known === undefined || parsed?.success !== true) {
    return {
      problems: explain(parsed?.error?.issues ?? [], {
        tree,
        schema: () => ({}),
        within: `${kind}/${name}`,
        start: placeOfItem(item, start),
      }),
    }
  }
  try {
    return { resource: known.resource({ name, settings: parsed.data, scope, sources }), problems: [] }
  } catch (error) {
    if (error instanceof ProblemsError) return { problems: error.problems }
    if (!(error instanceof SlipwayError)) throw error
    const { message, advice } = error
    const position = placeOfItem(item, start)
    return {
      problems: [
        { message, ...(advice === undefined ? {} : { advice }), position, address: `${kind}/${name}` },
      ],
    }
  }
}

const placeOfItem = ({ sources }: DocumentItem, start: Position): Position => {
  const source = sources['']
  return isPosition(source) ? source : start
}

/** Two items with one address; it happens where two namespaces have a Secret of one name. */
const twice = (items: readonly DocumentItem[], checked: Checked): readonly Problem[] =>
  items.flatMap((item, index) => {
    const first = items.findIndex(({ kind, name }) => kind === item.kind && name === item.name)
    if (first === index) return []
    const message = `${item.name}: there are two of ${item.kind}/${item.name}.`
    return [{ message, advice: 'Give one another name.', position: placeOfItem(item, checked.start) }]
  })

const workloadsOf = ({ header, document }: Checked): readonly string[] =>
  Object.values(objectAt(document, ['serviceAccounts'])).flatMap(account => {
    const pairs = objectAt({ account }, ['account']).workloadIdentity
    return Array.isArray(pairs)
      ? pairs.map(pair => workloadMember(header.project, String(pair)).replace('serviceAccount:', ''))
      : []
  })
