import type { SpecReader } from '../spec.ts'
import type { Known } from '../values.ts'

/** What a new resource is, in people's words: one line, more where one would not do. */
export type Summary = (spec: SpecReader, known: Known) => readonly string[]

/** Summaries by the name of the kind. */
export type Summaries = Readonly<Record<string, Summary>>
