import { emailOf, names, requiredCheck } from './names.ts'
import type { Step } from './steps.ts'

/** What a step does, for people. */
export const titleOf = (step: Step): string => {
  switch (step.do) {
    case 'enable-services':
      return `${step.project}: APIs that Slipway cannot switch on for itself`
    case 'make-account':
      return `${step.project}: the ${step.part}, ${names[step.part]}`
    case 'make-role':
      return `${step.project}: a role for the DNS endpoint of clusters, which asks for one permission more`
    case 'grant':
      return step.on === 'project'
        ? `${step.project}: roles of the planner, which reads, and of the applier, which may give away only what its condition names`
        : `${step.project}: jobs of the repository that may act as ${emailOf(step.on, step.project)}`
    case 'make-pool':
      return `${step.project}: the pool of identities from outside`
    case 'make-provider':
      return `${step.project}: the provider, which tells plan and apply apart by what GitHub signs`
    case 'set-variable':
      return `the Actions variable ${step.name}`
    case 'set-environment':
      return `the GitHub environment ${step.name}: who approves, and which branches it is for`
    case 'add-branch':
      return `the GitHub environment ${step.environment}: for ${step.branch}`
    case 'set-ruleset':
      return `the default branch: pull requests, reviews by code owners, the check "${requiredCheck}", no bypass`
    default:
      return step satisfies never
  }
}
