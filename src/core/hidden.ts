import type { Plan } from './plan.ts'
import type { Lack, Position, Problem } from './problem.ts'

type Hidden = Problem & { readonly lacks: Lack }

const isHidden = (problem: Problem): problem is Hidden => problem.lacks !== undefined

/** So many permissions are not missing one by one: nobody gave any, or the project is another one. */
const blindness = 3

/**
 * The problems of a plan, each missing permission once; and if nothing at all can be seen of its project, that alone in their
 * place. `at` is the line that names the project.
 */
export const saidOnce = (plan: Plan, at: Position | undefined): readonly Problem[] => {
  const hidden = plan.problems.filter(isHidden)
  const refused = hidden.filter(({ lacks }) => lacks.project === plan.project)
  const permissions = [...new Set(refused.map(({ lacks }) => lacks.permission))]
  const isBlind = plan.steps.length === 0 && plan.unchanged === 0 && permissions.length >= blindness
  const rest = isBlind
    ? plan.problems.filter(problem => !refused.some(one => one === problem))
    : plan.problems
  return [...(isBlind ? [blind(plan.project, permissions, at)] : []), ...grouped(rest)]
}

const blind = (project: string, permissions: readonly string[], at: Position | undefined): Problem => ({
  message: `Nothing can be seen in project ${project}: Google refuses the planner ${permissions.length} permissions there, ${permissions[0]} among them, as it does where there is no such project.`,
  advice:
    'Check `project:`. If it is right, `slipway doctor` says what the planner lacks, and `slipway bootstrap` prints the commands that give it.',
  ...(at === undefined ? {} : { position: at }),
})

/** Of those that lack the same, the first, which counts the others. */
const grouped = (problems: readonly Problem[]): readonly Problem[] => {
  const keyOf = ({ lacks }: Hidden): string => `${lacks.project} ${lacks.permission}`
  const groups = Map.groupBy(problems.filter(isHidden), keyOf)
  return problems.flatMap(problem => {
    if (!isHidden(problem)) return problem
    const group = groups.get(keyOf(problem)) ?? []
    return group[0] === problem ? counting(problem, group) : []
  })
}

const counting = ({ lacks: _, ...problem }: Hidden, group: readonly Hidden[]): Problem => {
  const { address = '', message } = problem
  const more = new Set(group.map(one => one.address)).size - 1
  return more === 0
    ? problem
    : { ...problem, message: message.replace(address, `${address} and ${more} more`) }
}
