import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { applyEnvironment } from '../../src/commands/apply.ts'
import { type EnvironmentText, loadEnvironments } from '../../src/commands/load.ts'
import { planEnvironment } from '../../src/commands/plan.ts'
import { planPullRequest } from '../../src/commands/pull-request.ts'
import { identitiesOf } from '../../src/commands/snapshot.ts'
import type { Subject } from '../../src/commands/subject.ts'
import type { Workbench } from '../../src/commands/workbench.ts'
import { compose } from '../../src/compose.ts'
import { sha256 } from '../../src/core/digest.ts'
import type { Hosting } from '../../src/core/hosting.ts'
import { succeeded } from '../../src/core/outcome.ts'
import type { Plan } from '../../src/core/plan.ts'
import { Redactor } from '../../src/core/secret.ts'
import { startEmulator } from '../../src/emulator/index.ts'
import type { RequestEntry } from '../../src/emulator/requests.ts'
import { engine } from '../../src/engine.ts'
import { virtualClock } from './virtual-clock.ts'

const applier = 'slipway-applier@acme-ml.iam.gserviceaccount.com'

/** A project of an emulated Google Cloud with several environments in it; waits take no time. */
export interface Project {
  /** Applies all of them, one after another. */
  apply(): Promise<void>
  /** Plans all of them in one pull request that touches every file and changes nothing. */
  plan(): Promise<readonly Plan[]>
  /** What Google was asked since the last time. */
  requests(): readonly RequestEntry[]
  close(): Promise<void>
}

/** Starts a project with these environment files. */
export const startProject = async (files: readonly EnvironmentText[]): Promise<Project> => {
  const google = await startEmulator({ speed: 120, clock: 'manual' })
  for (const role of ['planner', 'applier']) google.seed().serviceAccount(`slipway-${role}`)
  const clock = virtualClock(google.clock)
  const folder = await mkdtemp(join(tmpdir(), 'slipway-project-'))
  const { bench, dispose } = compose({
    env: { ...process.env, ...google.endpoints, CLOUDSDK_AUTH_ACCESS_TOKEN: 'owner' },
    ...{ engine, role: 'applier', identities: () => ({ applier }), idToken: undefined, folder, clock },
    signal: new AbortController().signal,
    redactor: new Redactor(),
    values: {},
    onEvent: () => undefined,
    progress: () => undefined,
  })
  const { subjects, failures } = loadEnvironments(files, () => applier)
  if (failures.length > 0) throw new Error(JSON.stringify(failures))
  return {
    apply: async () => {
      for (const subject of subjects) await applyOne(subject, subjects, bench)
    },
    plan: async () => {
      const pull = { number: 1, head: 'head', merge: 'merge', base: 'base' }
      const reading = { hosting: hostingOf(files), load: loadEnvironments, applier: () => applier }
      const { document, failures: wrong } = await planPullRequest(pull, bench, reading)
      if (wrong.length > 0) throw new Error(JSON.stringify(wrong))
      return document.plans
    },
    requests: () => {
      const all = google.requests.all
      google.requests.clear()
      return all
    },
    close: async () => {
      await Promise.all([dispose(), google.close(), rm(folder, { recursive: true, force: true })])
    },
  }
}

const applyOne = async (subject: Subject, all: readonly Subject[], bench: Workbench): Promise<void> => {
  const { kinds, clock, signal, onEvent } = bench
  const planning = () => bench.planning(subject.project)
  const common = { kinds, engine, baseline: undefined, wantedElsewhere: identitiesOf(all) }
  const plan = await planEnvironment(subject, { ...common, ports: planning() })
  const applied = await applyEnvironment(subject, {
    ...common,
    planning,
    applying: bench.applying(subject.project),
    ...{ clock, signal, onEvent, begin: undefined, scrub: text => text },
    reviewed: { plans: [plan], unfinished: new Set(), applied: () => [], approved: new Set(), kinds },
  })
  if (applied.ended !== 'done' || !succeeded(applied.result))
    throw new Error(`${subject.name}: ${JSON.stringify(applied)}`)
}

/** A code host in memory: every file has been applied, and differs in the pull request by a comment. */
const hostingOf = (files: readonly EnvironmentText[]): Hosting => {
  const texts = new Map(
    files.flatMap(({ text }) => [text, `${text}# touched\n`]).map(text => [sha256(text), text]),
  )
  const files_ = (commit: string) =>
    files.map(({ path, text }) => ({ path, blob: sha256(commit === 'merge' ? `${text}# touched\n` : text) }))
  const history = async (environment: string) => {
    const { path = '', text = '' } = files.find(one => one.path.endsWith(`/${environment}.yaml`)) ?? {}
    const record = { environment, file: path, sha: 'base', blob: sha256(text), engine }
    return { applied: { ...record, identities: {}, charts: {} }, unfinished: [] }
  }
  return {
    files: async (commit: string, folder: string) => (folder === 'environments' ? files_(commit) : []),
    text: async (blob: string) => texts.get(blob) ?? '',
    records: { history },
  } as unknown as Hosting
}
