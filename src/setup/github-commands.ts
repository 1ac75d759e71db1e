import { environmentBody, rulesetBody } from './github-steps.ts'
import { commandLine, withInput } from './shell.ts'
import type { GitHubStep } from './steps.ts'

/** A call of GitHub's API with a JSON body. */
const call = (method: string, path: string, body: unknown): string =>
  withInput(commandLine(['gh', 'api', '--method', method, path, '--input', '-']), body)

/** The gh command of a step on a repository (`owner/name`). */
export const gitHubCommand = (step: GitHubStep, repository: string): string => {
  const repo = `repos/${repository}`
  switch (step.do) {
    case 'set-variable':
      return commandLine(['gh', 'variable', 'set', step.name, '--repo', repository, '--body', step.value])
    case 'set-environment':
      return call('PUT', `${repo}/environments/${step.name}`, environmentBody(step))
    case 'add-branch':
      return call('POST', `${repo}/environments/${step.environment}/deployment-branch-policies`, {
        name: step.branch,
      })
    case 'set-ruleset':
      return step.id === undefined
        ? call('POST', `${repo}/rulesets`, rulesetBody)
        : call('PUT', `${repo}/rulesets/${step.id}`, rulesetBody)
    default:
      return step satisfies never
  }
}
