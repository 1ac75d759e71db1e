import type { Finding } from './finding.ts'
import { gitHubCommand } from './github-commands.ts'
import { gitHubFindings } from './github-findings.ts'
import { gitHubSteps } from './github-steps.ts'
import { googleCommands } from './google-commands.ts'
import { googleFindings } from './google-findings.ts'
import { googleSteps } from './google-steps.ts'
import type { SeenProject, SeenRepository } from './seen.ts'
import type { GitHubStep, GoogleStep, Step } from './steps.ts'
import { titleOf } from './titles.ts'
import type { Wishes } from './wishes.ts'

/** Both sides of a set-up, as they are. */
export interface Sight {
  readonly projects: readonly SeenProject[]
  readonly repository: SeenRepository
}

/** The project as it was seen; of one that nobody looked at nothing is known. */
const seenOf = ({ projects }: Pick<Sight, 'projects'>, id: string): SeenProject => {
  const found = projects.find(project => project.id === id)
  if (found === undefined) throw new Error(`nobody looked at ${id}`)
  return found
}

/** Steps in one project. */
export const stepsIn = (wishes: Wishes, project: SeenProject): readonly GoogleStep[] =>
  wishes.projects.flatMap(one => (one.id === project.id ? googleSteps(wishes, one, project) : []))

/** Everything that is to be done, in order. */
export const stepsOf = (
  wishes: Wishes,
  { projects, repository }: Sight,
): { readonly google: readonly GoogleStep[]; readonly gitHub: readonly GitHubStep[] } => ({
  google: projects.flatMap(project => stepsIn(wishes, project)),
  gitHub: gitHubSteps(wishes, projects, repository),
})

/** Everything that doctor says. `bootstrap` is the command that mends what bootstrap can. */
export const findingsOf = (wishes: Wishes, sight: Sight, bootstrap: string): readonly Finding[] => {
  const { gitHub } = stepsOf(wishes, sight)
  return [
    ...wishes.projects.flatMap(project => {
      const seen = seenOf(sight, project.id)
      return googleFindings(wishes, project, seen, stepsIn(wishes, seen), bootstrap)
    }),
    ...gitHubFindings(wishes, sight.projects, sight.repository, gitHub, bootstrap),
  ]
}

/** The steps as a script for a POSIX shell with gcloud and gh. */
export const scriptOf = (steps: readonly Step[], repository: string): readonly string[] =>
  steps.flatMap(step => ['', `# ${titleOf(step)}`, ...commandsOf(step, repository)])

const commandsOf = (step: Step, repository: string): readonly string[] =>
  'project' in step ? googleCommands(step) : [gitHubCommand(step, repository)]

/** Names of GitHub environments for which somebody has to be named who approves. */
export const withoutReviewers = (steps: readonly GitHubStep[]): readonly string[] =>
  steps.flatMap(step => (step.do === 'set-environment' && step.reviewers.length === 0 ? [step.name] : []))
