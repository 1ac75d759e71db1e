import { type Applied, applyEnvironment } from '../../../src/commands/apply.ts'
import { loadEnvironments } from '../../../src/commands/load.ts'
import { planEnvironment } from '../../../src/commands/plan.ts'
import { identitiesOf } from '../../../src/commands/snapshot.ts'
import type { Subject } from '../../../src/commands/subject.ts'
import { type Composed, compose } from '../../../src/compose.ts'
import { wallClock } from '../../../src/core/clock.ts'
import type { Plan } from '../../../src/core/plan.ts'
import { ProblemsError } from '../../../src/core/problem.ts'
import { Redactor } from '../../../src/core/secret.ts'
import { engine } from '../../../src/engine.ts'
import { type Ledger, path } from '../../support/ledger.ts'

/** The one project of these tests. */
export const project = 'acme-ml'

/** The service account of a role. */
export const emailOf = (role: 'planner' | 'applier'): string =>
  `slipway-${role}@${project}.iam.gserviceaccount.com`

/** One run of the product. */
export interface Run {
  readonly role: 'planner' | 'applier'
  /** Endpoints and the token. */
  readonly env: Readonly<Record<string, string>>
  readonly folder: string
  readonly ledger: Ledger
  /** Told every line that the product says. */
  readonly said: (line: string) => void
  readonly signal?: AbortSignal
  /** How far its clock is ahead, milliseconds: for what happens after hours. */
  readonly ahead?: number
}

const composed = ({ role, env, folder, said, signal, ahead = 0 }: Run): Composed =>
  compose({
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    engine,
    role,
    identities: () => ({ applier: emailOf('applier') }),
    idToken: undefined,
    folder,
    signal: signal ?? new AbortController().signal,
    redactor: new Redactor(),
    values: {},
    onEvent: event => said(JSON.stringify(event)),
    progress: said,
    clock: { ...wallClock, now: () => wallClock.now() + ahead },
  })

/** What a file holds. @throws ProblemsError */
const subjectOf = (text: string): Subject => {
  const { subjects, failures } = loadEnvironments([{ path, text }], () => emailOf('applier'))
  const [subject] = subjects
  if (subject === undefined) throw new ProblemsError(failures.flatMap(({ problems }) => problems))
  return subject
}

/** Plans one file. */
export const planOnce = async (text: string, run: Run): Promise<Plan> => {
  const { bench, dispose } = composed(run)
  try {
    const subject = subjectOf(text)
    const { baseline } = await run.ledger.past(subject.name, loadEnvironments, emailOf('applier'))
    const plan = await planEnvironment(subject, {
      kinds: bench.kinds,
      engine,
      ports: bench.planning(project),
      baseline,
      wantedElsewhere: identitiesOf([subject]),
    })
    run.said(JSON.stringify(plan))
    return plan
  } finally {
    await dispose()
  }
}

/** Applies one file after it was reviewed. */
export const applyOnce = async (text: string, reviewed: Plan, run: Run): Promise<Applied> => {
  const { bench, dispose } = composed(run)
  try {
    const subject = subjectOf(text)
    const past = await run.ledger.past(subject.name, loadEnvironments, emailOf('applier'))
    const applied = await applyEnvironment(subject, {
      kinds: bench.kinds,
      planning: () => bench.planning(project),
      applying: bench.applying(project),
      engine,
      clock: bench.clock,
      signal: bench.signal,
      baseline: past.baseline,
      wantedElsewhere: identitiesOf([subject]),
      reviewed: {
        plans: [JSON.parse(JSON.stringify(reviewed)) as Plan],
        unfinished: past.unfinished,
        applied: past.applied,
        approved: new Set(),
        kinds: bench.kinds,
      },
      begin: run.ledger.begin(subject.name, engine, text),
      onEvent: bench.onEvent,
      scrub: message => bench.redactor.scrub(message),
    })
    run.said(JSON.stringify(applied))
    return applied
  } finally {
    await dispose()
  }
}
