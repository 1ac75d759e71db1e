import type { JsonObject } from '../../core/json.ts'
import type { Step } from '../../core/plan.ts'
import { reading } from '../spec.ts'
import { type Known, showValue } from '../values.ts'
import { googleSummaries } from './google.ts'
import { grantSummaries } from './grant.ts'
import { kubernetesSummaries } from './kubernetes.ts'
import { sqlSummaries } from './sql.ts'
import type { Summaries } from './summary.ts'

const summaries: Summaries = {
  ...googleSummaries,
  ...sqlSummaries,
  ...grantSummaries,
  ...kubernetesSummaries,
}

/** Bookkeeping that says nothing to a reader of a line about something new. */
const unsaid: ReadonlySet<string> = new Set(['project', 'mark', 'name', 'cluster', 'instance'])

const anyKind = (spec: JsonObject, known: Known): readonly string[] => {
  const said = Object.entries(spec).filter(([key]) => !unsaid.has(key))
  const shown = said.slice(0, 6).map(([key, value]) => `${key} ${showValue(value, known)}`)
  return [[...shown, ...(said.length > 6 ? [`${said.length - 6} more settings`] : [])].join(', ')]
}

/** What a new resource is, in people's words; a kind that is not in the table shows its first settings. */
export const summaryOf = ({ kind, spec }: Step, known: Known): readonly string[] => {
  const summary = Object.hasOwn(summaries, kind) ? summaries[kind] : undefined
  return summary === undefined ? anyKind(spec, known) : summary(reading(spec, known), known)
}
