import type { Applied } from '../../../src/commands/apply.ts'
import { type Composed, compose } from '../../../src/compose.ts'
import { wallClock } from '../../../src/core/clock.ts'
import type { Plan } from '../../../src/core/plan.ts'
import { Redactor } from '../../../src/core/secret.ts'
import { engine } from '../../../src/engine.ts'
import type { Ledger } from '../../support/ledger.ts'
import { applyFile, emailOf, type Role } from '../../support/one-file.ts'

/** One run of the product. */
export interface Run {
  readonly role: Role
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

/** Applies one file after it was reviewed. */
export const applyOnce = async (text: string, reviewed: Plan, run: Run): Promise<Applied> => {
  const { bench, dispose } = composed(run)
  try {
    const applied = await applyFile(text, reviewed, bench, run.ledger)
    run.said(JSON.stringify(applied))
    return applied
  } finally {
    await dispose()
  }
}
