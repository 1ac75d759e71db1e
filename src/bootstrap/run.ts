import type { Gcp, GcpReader } from '../gcp/port.ts'
import type { GitHubApi } from '../github/api.ts'
import { gitHubSteps, guardedEnvironments } from '../setup/github-steps.ts'
import type { SeenProject } from '../setup/seen.ts'
import type { GoogleStep } from '../setup/steps.ts'
import { titleOf } from '../setup/titles.ts'
import { type Sight, stepsIn } from '../setup/whole.ts'
import type { Wishes } from '../setup/wishes.ts'
import { doGitHub } from './do-github.ts'
import { doGoogle } from './do-google.ts'
import { observeProject } from './observe-project.ts'
import { observeRepository, type RepositoryLook } from './observe-repository.ts'

/** What looking needs. */
export interface Lookout {
  readonly reader: (project: string) => GcpReader
  readonly api: GitHubApi
  readonly parseIdentities: RepositoryLook['parseIdentities']
}

/** Looks at both sides. Reads only. @throws GcpError, GitHubError */
export const lookAtAll = async (
  { reader, api, parseIdentities }: Lookout,
  wishes: Wishes,
): Promise<Sight> => {
  const [projects, repository] = await Promise.all([
    Promise.all(wishes.projects.map(({ id }) => observeProject(reader(id), id))),
    observeRepository(api, {
      branch: wishes.repository.branch,
      environments: guardedEnvironments(wishes),
      parseIdentities,
    }),
  ])
  return { projects, repository }
}

/** What doing needs besides. */
export interface Tools extends Lookout {
  readonly writer: (project: string) => Gcp
  readonly signal: AbortSignal
  readonly progress: (text: string) => void
}

/**
 * Does what is missing, project by project and then in the repository. Whatever stops it, the next run goes on from what is
 * there. @throws GcpError, SlipwayError
 */
export const runBootstrap = async (tools: Tools, wishes: Wishes, sight: Sight): Promise<Sight> => {
  const projects: SeenProject[] = []
  for (const project of sight.projects) projects.push(await runProject(tools, wishes, project))
  for (const step of gitHubSteps(wishes, projects, sight.repository)) {
    tools.signal.throwIfAborted()
    tools.progress(titleOf(step))
    await doGitHub(tools.api, step)
  }
  return lookAtAll(tools, wishes)
}

/** Seconds for which reads may lag behind what was done. */
const patience = 300

const runProject = async (tools: Tools, wishes: Wishes, seen: SeenProject): Promise<SeenProject> => {
  const gcp = tools.writer(seen.id)
  const [first] = stepsIn(wishes, seen)
  if (first === undefined) return seen
  if (first.do === 'enable-services') {
    await doSteps(tools, gcp, [first])
    // What an API that was off hides is only seen now.
    return runProject(tools, wishes, await settled(gcp, wishes, seen.id, steps => steps[0]?.do !== first.do))
  }
  await doSteps(tools, gcp, stepsIn(wishes, seen))
  return settled(gcp, wishes, seen.id, steps => steps.length === 0)
}

const doSteps = async (
  { signal, progress }: Tools,
  gcp: Gcp,
  steps: readonly GoogleStep[],
): Promise<void> => {
  for (const step of steps) {
    signal.throwIfAborted()
    progress(titleOf(step))
    await doGoogle(gcp, step)
  }
}

const settled = (
  gcp: Gcp,
  wishes: Wishes,
  id: string,
  isSettled: (steps: readonly GoogleStep[]) => boolean,
): Promise<SeenProject> =>
  gcp.until(`the set-up of ${id} to show what was done`, patience, async () => {
    const seen = await observeProject(gcp, id)
    return isSettled(stepsIn(wishes, seen)) ? seen : undefined
  })
