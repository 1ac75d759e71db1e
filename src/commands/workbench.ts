import type { Clock } from '../core/clock.ts'
import type { Redactor } from '../core/secret.ts'
import type { ApplyingPorts, PlanningPorts } from '../kinds/kind.ts'
import type { ExecutionEvent } from './execute.ts'
import type { Load } from './load.ts'
import type { Kinds } from './observe.ts'

/** What commands work with; the composition root makes it. */
export interface Workbench {
  readonly kinds: Kinds
  /** Reads environment files, and remembers them for the run. */
  readonly load: Load
  /** The version of Slipway. */
  readonly engine: string
  readonly clock: Clock
  readonly redactor: Redactor
  /** Aborted when the run is asked to stop. */
  readonly signal: AbortSignal
  /** Ports that only read, with an empty memory, for one project. @throws CredentialsError */
  readonly planning: (project: string) => PlanningPorts
  /** Ports that write, for one project. @throws CredentialsError */
  readonly applying: (project: string) => ApplyingPorts
  /** E-mail of the identity that applies in a project, where that is known. */
  readonly applier: (project: string) => string | undefined
  /** How many requests were sent to Google so far. */
  readonly calls: () => number
  readonly onEvent: (event: ExecutionEvent) => void
}
