import type { Problem } from '../core/problem.ts'
import type { Environment, LoadContext, Memory } from '../environment/environment.ts'
import { loadAll } from '../environment/load-all.ts'
import type { Subject } from './subject.ts'

/** An environment file and what it says. */
export interface EnvironmentText {
  readonly path: string
  readonly text: string
}

/** A file that cannot be used, and why. */
export interface Failure {
  readonly file: string
  readonly problems: readonly Problem[]
}

/** What files say: environments that can be planned, and files that cannot. */
export interface Loaded {
  readonly subjects: readonly Subject[]
  readonly failures: readonly Failure[]
}

/** Reads environment files together, so that two of them cannot own one thing. `applierOf` gives a project's applier. */
export type Load = (
  files: readonly EnvironmentText[],
  applierOf: (project: string) => string | undefined,
) => Loaded

/** Reads environment files. Never throws for what a file says. */
export const loadEnvironments: Load = (files, applierOf) => load(files, { applierOf })

/** The same with a memory: a run reads most files several times, as they are and as they were, and most are the same. */
export const createLoad = (): Load => {
  const memory: Memory = new Map()
  return (files, applierOf) => load(files, { applierOf, memory })
}

const load = (files: readonly EnvironmentText[], context: LoadContext): Loaded => {
  const loaded = loadAll(
    files.map(({ path: file, text }) => ({ file, text })),
    context,
  )
  const failures = [...loaded.files].map(([file, one]): Failure => {
    const between = loaded.problems.filter(({ position }) => position?.file === file)
    return { file, problems: [...('problems' in one ? one.problems : []), ...between] }
  })
  const failed = failures.filter(({ problems }) => problems.length > 0)
  const bad = new Set(failed.map(({ file }) => file))
  const subjects = [...loaded.files].flatMap(([file, one]) =>
    'environment' in one && !bad.has(file) ? [subjectOf(one.environment)] : [],
  )
  return { subjects, failures: failed }
}

const subjectOf = (environment: Environment): Subject => {
  const { name, file, project, projectAt, resources, notes, deletable, shared, cluster, url, sources } =
    environment
  return {
    name,
    file,
    project,
    projectAt,
    resources,
    notes,
    deletable,
    shared,
    url,
    uses: cluster?.address === undefined ? cluster : undefined,
    usesAt: sources['cluster.use'],
  }
}
