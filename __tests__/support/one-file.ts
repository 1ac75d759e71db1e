import { type Applied, applyEnvironment } from '../../src/commands/apply.ts'
import { planEnvironment } from '../../src/commands/plan.ts'
import { identitiesOf } from '../../src/commands/snapshot.ts'
import type { Subject } from '../../src/commands/subject.ts'
import type { Workbench } from '../../src/commands/workbench.ts'
import type { Plan } from '../../src/core/plan.ts'
import { ProblemsError } from '../../src/core/problem.ts'
import { engine } from '../../src/engine.ts'
import { type Ledger, path } from './ledger.ts'
import { loadRemembered } from './load.ts'

/** The one project of these tests. */
export const project = 'acme-ml'

/** Whom a run signs in as. */
export type Role = 'planner' | 'applier'

/** The service account of a role. */
export const emailOf = (role: Role): string => `slipway-${role}@${project}.iam.gserviceaccount.com`

/** What a file holds. @throws ProblemsError */
export const subjectOf = (text: string): Subject => {
  const { subjects, failures } = loadRemembered([{ path, text }], () => emailOf('applier'))
  const [subject] = subjects
  if (subject === undefined) throw new ProblemsError(failures.flatMap(({ problems }) => problems))
  return subject
}

/** Plans one file as the product does. @throws ProblemsError, and what the plan throws */
export const planFile = async (text: string, bench: Workbench, ledger: Ledger): Promise<Plan> => {
  const subject = subjectOf(text)
  const { baseline } = await ledger.past(subject.name, loadRemembered, emailOf('applier'))
  return planEnvironment(subject, {
    kinds: bench.kinds,
    engine,
    ports: bench.planning(project),
    baseline,
    wantedElsewhere: identitiesOf([subject]),
    environments: new Set([subject.name]),
  })
}

/** Applies one file as the product does; a `reviewed` of undefined stands for nobody having reviewed anything. */
export const applyFile = async (
  text: string,
  reviewed: Plan | undefined,
  bench: Workbench,
  ledger: Ledger,
): Promise<Applied> => {
  const subject = subjectOf(text)
  const past = await ledger.past(subject.name, loadRemembered, emailOf('applier'))
  return applyEnvironment(subject, {
    kinds: bench.kinds,
    planning: () => bench.planning(project),
    applying: bench.applying(project),
    engine,
    clock: bench.clock,
    signal: bench.signal,
    baseline: past.baseline,
    wantedElsewhere: identitiesOf([subject]),
    reviewed: {
      plans: reviewed === undefined ? [] : [JSON.parse(JSON.stringify(reviewed)) as Plan],
      unfinished: past.unfinished,
      applied: past.applied,
      approved: new Set(),
      kinds: bench.kinds,
    },
    begin: ledger.begin(subject.name, engine, text),
    onEvent: bench.onEvent,
    scrub: message => bench.redactor.scrub(message),
  })
}
