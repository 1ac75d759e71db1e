import { loadEnvironments } from '../commands/load.ts'
import { planEnvironment } from '../commands/plan.ts'
import { identitiesOf } from '../commands/snapshot.ts'
import type { ClusterName } from '../core/cluster-name.ts'
import type { Plan } from '../core/plan.ts'
import { ProblemsError } from '../core/problem.ts'
import type { PlanningPorts } from '../kinds/kind.ts'
import { kindsByName } from '../kinds/registry.ts'
import { regionOf } from '../kinds/shared/places.ts'
import { charted, isCharted, secretsIn } from './charts.ts'
import { chosenCluster, chosenInstance, nothingFound } from './choose.ts'
import { type Draft, type Left, leave } from './draft.ts'
import { type Fitted, fitToPlan, type Tried } from './fit.ts'
import { ownerOf } from './google.ts'
import { emptyInside, lookInside } from './in-cluster.ts'
import { type Chosen, longDraft } from './long.ts'
import { environmentName } from './names.ts'
import { remarks } from './remarks.ts'
import { Sight } from './sight.ts'
import { loginHash, shortDraft } from './skypilot.ts'
import { isSkypilot, skypilotShape } from './skypilot-shape.ts'
import type { ReadStored } from './stored.ts'
import { surveyOf } from './survey.ts'
import { textOf } from './text.ts'

/** What is to be imported, and with what. */
export interface ImportOptions {
  readonly project: string
  /** NAME or LOCATION/NAME; undefined: the only one. */
  readonly cluster: string | undefined
  /** Name of the Cloud SQL instance; undefined: the one that the cluster uses, or the only one. */
  readonly instance: string | undefined
  /** Name of the file without its ending; undefined: it goes to the standard output. */
  readonly file: string | undefined
  /** Where charts may be found. */
  readonly repositories: readonly string[]
  readonly engine: string
  readonly applier: string | undefined
  readonly ports: PlanningPorts
  /** Helm's own records of a cluster, with the credentials of whoever asks. */
  readonly stored: (cluster: ClusterName) => Promise<ReadStored>
}

/** An environment file for what is there, the plan that it makes, and what it does not say. */
export interface Imported {
  readonly text: string
  readonly plan: Plan
  readonly left: readonly Left[]
  /** What could not be looked at. */
  readonly unseen: readonly Left[]
}

/**
 * Writes the environment file for what people made by hand in a project, such that its plan only takes things over.
 * Reads only. @throws SlipwayError where there is nothing, or nobody can tell what is meant.
 */
export const importProject = async (options: ImportOptions): Promise<Imported> => {
  const { project, ports } = options
  const sight = new Sight()
  const survey = await surveyOf(project, ports.gcp, sight)
  const cluster = chosenCluster(survey, options.cluster)
  const place = cluster && { project, location: cluster.location, name: cluster.name }
  const inside =
    place === undefined
      ? emptyInside
      : await lookInside(place, ports.kubernetes, await options.stored(place), sight)
  const instance = chosenInstance(survey, options.instance, inside.connections)
  if (cluster === undefined && instance === undefined) nothingFound(survey, sight.unseen)
  const found = await Promise.all(
    inside.releases.map(release => charted(release, options.repositories, ports.helm)),
  )
  const location = cluster?.location ?? regionOf(String(instance?.instance.region ?? ''))
  const chosen: Chosen = {
    survey,
    location,
    cluster,
    shared: cluster !== undefined && ownerOf(cluster) !== null,
    instance,
    inside,
    charted: found.filter(isCharted),
  }
  const left = [...found.filter(one => !isCharted(one)), ...remarks(chosen)] as readonly Left[]
  const name = options.file ?? environmentName(cluster?.name ?? instance?.instance.name ?? project)
  const { draft, plan } = await fitted(name, chosen, left, options)
  const all = [...draft.left, ...sight.unseen]
  return {
    text: textOf({ ...draft, left: all }, head(options)),
    plan,
    left: draft.left,
    unseen: sight.unseen,
  }
}

const head = ({ project, cluster }: ImportOptions): readonly string[] => [
  `What is in project ${project}, written by \`slipway import ${project}${cluster === undefined ? '' : ` ${cluster}`}\`.`,
]

/** The short form where the shape is known and the file can be read, else the long one. */
const fitted = async (
  name: string,
  chosen: Chosen,
  left: readonly Left[],
  options: ImportOptions,
): Promise<Fitted> => {
  const attempt = (text: string) => tried(name, text, options)
  const written = (draft: Draft) => textOf(draft, [])
  const short = shortOf(name, chosen, options)
  const reasons: Left[] = []
  if (typeof short === 'string') reasons.push({ what: 'the short form, `app: skypilot`', why: short })
  else if (short !== undefined) {
    try {
      return await fitToPlan(leave(short, ...left), written, attempt)
    } catch (error) {
      if (!(error instanceof ProblemsError)) throw error
      const why = error.problems.map(({ message }) => message).join(' ')
      reasons.push({ what: 'the short form, `app: skypilot`', why })
    }
  }
  const long = longDraft(options.file === undefined ? name : undefined, chosen)
  return fitToPlan(leave(long, ...reasons, ...left), written, attempt)
}

/** The short form; undefined where there is no SkyPilot, a sentence where it is not as the preset has it. */
const shortOf = (
  name: string,
  chosen: Chosen,
  { project, file }: ImportOptions,
): Draft | string | undefined => {
  const { cluster, charted: all, survey, location } = chosen
  const releases = all.filter(isSkypilot)
  const [release] = releases
  if (cluster === undefined || release === undefined) return undefined
  if (releases.length > 1) return `there are ${releases.length} releases of the chart in the cluster`
  const secret = secretsIn(release.stored, [loginHash])
  if (secret.length > 0) return `the release's values hold what looks like a secret (${secret.join(', ')})`
  const shape = skypilotShape(release, survey)
  if (typeof shape === 'string') return shape
  const place = { environment: name, named: file === undefined, project, location, cluster: cluster.name }
  return shortDraft(place, shape)
}

const tried = async (name: string, text: string, options: ImportOptions): Promise<Tried> => {
  const path = `environments/${name}.yaml`
  const { subjects, failures } = loadEnvironments([{ path, text }], () => options.applier)
  const [subject] = subjects
  if (subject === undefined) return { problems: failures.flatMap(({ problems }) => problems) }
  const plan = await planEnvironment(subject, {
    kinds: kindsByName,
    engine: options.engine,
    ports: options.ports,
    baseline: undefined,
    wantedElsewhere: identitiesOf([subject]),
  })
  return { plan }
}
