import { planEnvironment } from '../commands/plan.ts'
import { sharedPorts } from '../commands/shared-ports.ts'
import { identitiesOf } from '../commands/snapshot.ts'
import type { Subject } from '../commands/subject.ts'
import { isEmpty, type Plan } from '../core/plan.ts'
import { explain } from '../render/explain.ts'
import { planJson } from '../render/json.ts'
import { planLines } from '../render/terminal/plan.ts'
import { print, type Terminal, withBench } from './context.ts'
import { hostOf, pastFor } from './past.ts'
import { chooseSubjects } from './subjects.ts'

/** What `slipway plan` can be told. */
export interface PlanFlags {
  readonly json?: boolean
  readonly explain?: boolean
  readonly detailedExitcode?: boolean
  readonly baseline?: string
}

/**
 * `slipway plan [environments…]`: shows what apply would do; writes nothing. Exit code 0, or 1 if something stands in
 * the way; with `--detailed-exitcode` 2 if there is something to do, as Terraform has it.
 */
export const plan = (terminal: Terminal, names: readonly string[], flags: PlanFlags): Promise<number> =>
  withBench(terminal, {}, async ({ bench }) => {
    const { chosen, all, unreadable } = await chooseSubjects(terminal.cwd, names, bench)
    if (flags.explain === true) {
      for (const { resources } of chosen) terminal.write(explain(resources))
      return 0
    }
    const host = flags.baseline === undefined ? await hostOf(terminal, bench) : undefined
    const portsOf = sharedPorts(bench)
    const wantedElsewhere = identitiesOf(all)
    const environments = new Set(all.map(({ name }) => name))
    const planOne = async (subject: Subject): Promise<Plan> => {
      const { baseline } = await pastFor(subject, terminal, bench, { baseline: flags.baseline, host })
      const ports = portsOf(subject.project)
      const { kinds } = bench
      return planEnvironment(subject, {
        kinds,
        engine: bench.engine,
        ports,
        baseline,
        wantedElsewhere,
        unreadable,
        environments,
      })
    }
    const plans = await Promise.all(chosen.map(planOne))
    if (flags.json === true)
      terminal.write(planJson(names.length === 1 && plans[0] !== undefined ? plans[0] : plans))
    else
      for (const one of plans)
        print(terminal, [...planLines(one, terminal.width, terminal.palette), ...nextLines(one)])
    return exitCode(plans, flags.detailedExitcode === true)
  })

/** What to say next. */
const nextLines = (plan: Plan): readonly string[] =>
  isEmpty(plan) || plan.problems.length > 0 ? [] : [`Apply with: slipway apply ${plan.environment}`]

const exitCode = (plans: readonly Plan[], detailed: boolean): number => {
  if (plans.some(({ problems }) => problems.length > 0)) return 1
  return detailed && !plans.every(isEmpty) ? 2 : 0
}
