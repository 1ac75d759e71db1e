import { SlipwayError } from '../core/problem.ts'
import { type GitHubApi, GitHubError } from '../github/api.ts'
import { environmentBody, rulesetBody } from '../setup/github-steps.ts'
import type { GitHubStep } from '../setup/steps.ts'

/** Does one step. @throws SlipwayError that says what the token lacks, or what the plan of the account does not have. */
export const doGitHub = async (api: GitHubApi, step: GitHubStep): Promise<void> => {
  try {
    await send(api, step)
  } catch (error) {
    throw explained(error, step)
  }
}

const send = async ({ octokit, repo }: GitHubApi, step: GitHubStep): Promise<void> => {
  const { actions, repos } = octokit.rest
  switch (step.do) {
    case 'set-variable': {
      const { name, value } = step
      await (step.exists
        ? actions.updateRepoVariable({ ...repo, name, value })
        : actions.createRepoVariable({ ...repo, name, value }))
      return
    }
    case 'set-environment':
      await repos.createOrUpdateEnvironment({
        ...repo,
        environment_name: step.name,
        ...environmentBody(step),
      })
      return
    case 'add-branch':
      await repos.createDeploymentBranchPolicy({
        ...{ ...repo, environment_name: step.environment, name: step.branch },
      })
      return
    case 'set-ruleset': {
      const body = { ...repo, ...structuredClone(rulesetBody) } as Parameters<
        typeof repos.createRepoRuleset
      >[0] &
        object
      await (step.id === undefined
        ? repos.createRepoRuleset(body)
        : repos.updateRepoRuleset({ ...body, ruleset_id: step.id }))
      return
    }
    default:
      step satisfies never
  }
}

const permissions: Readonly<Record<GitHubStep['do'], string>> = {
  'set-variable': 'variables: write',
  'set-environment': 'administration: write',
  'add-branch': 'administration: write',
  'set-ruleset': 'administration: write',
}

const explained = (error: unknown, step: GitHubStep): unknown => {
  if (!(error instanceof GitHubError)) return error
  if (error.status === 403 || error.status === 404)
    return new SlipwayError(error.message, {
      cause: error,
      advice: `The token needs ${permissions[step.do]}: somebody who administers the repository has to run this. Rulesets of private repositories need a paid plan of GitHub.`,
    })
  if (error.status === 422 && step.do === 'set-environment')
    return new SlipwayError(error.message, {
      cause: error,
      advice:
        'Reviewers must be able to read the repository; in a private one they need GitHub Enterprise. Without them the calling workflow has to say `unprotected: true`.',
    })
  return error
}
