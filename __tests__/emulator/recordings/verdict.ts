import type { Exchange, Recording } from './exchange.ts'
import { explained } from './explained.ts'
import type { Judged } from './replay.ts'
import { undetermined } from './undetermined.ts'

/** How one exchange of a recording fared. */
export interface Verdict {
  readonly recording: string
  readonly request: string
  readonly api: string
  /** R, D or G; G also for an answer in a recording of grade D that holds values only its project's emulator gives. */
  readonly grade: string
  readonly year: number | undefined
  readonly notEmulated: string | undefined
  /** Why it differs, for each known difference. */
  readonly known: readonly string[]
  readonly unexplained: readonly string[]
}

/**
 * Constants of the recording project's emulator: one GKE version whatever was asked for, a gateway outside its own
 * range, an operation type that GKE says is not used any more. An answer that holds one was not Google's.
 */
const secondHand = /1\.30\.5-gke\.1014001|"SET_LABELS"|"gatewayAddress":"10\.0\.0\.1"/

const gradeOf = ({ grade }: Recording, { answer }: Exchange): string =>
  secondHand.test(JSON.stringify(answer)) ? 'G' : grade.slice(0, 1)

/** Sorts what differs into what says nothing, what is known, and what nobody has explained. */
export const verdictOf = (recording: Recording, judged: Judged): Verdict => {
  const { name, year } = recording
  const { exchange, api, notEmulated } = judged
  const real = judged.differences.filter(each => undetermined(each, year) === undefined)
  const grade = gradeOf(recording, exchange)
  const found = real.map(each => ({ each, why: explained({ name, grade }, judged, each) }))
  return {
    recording: name,
    request: `${exchange.method} ${exchange.path}`,
    api,
    grade,
    year,
    notEmulated,
    known: found.flatMap(({ why }) => why ?? []),
    unexplained: found.flatMap(({ each: { kind, path, recorded, ours }, why }) =>
      why === undefined ? [`${kind} ${path}: ${recorded} / ${ours}`] : [],
    ),
  }
}

/** Same status, same shape, same values where they are determined. */
export const matches = ({ known, unexplained }: Verdict): boolean => known.length + unexplained.length === 0

const counted = (all: readonly Verdict[]): string => `${all.filter(matches).length}/${all.length}`

const tally = (texts: readonly string[]): readonly string[] => {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return [...counts].sort().map(([text, count]) => `${text}: ${count}`)
}

/** The report: a line an API, then what differs and why, then what is not emulated and why. */
export const reportOf = (verdicts: readonly Verdict[]): readonly string[] => {
  const tried = verdicts.filter(({ notEmulated }) => notEmulated === undefined)
  const real = tried.filter(({ grade }) => grade !== 'G')
  const others = tried.filter(({ grade }) => grade === 'G')
  const past = real.filter(({ year }) => year !== undefined && year < 2024)
  const apis = [...new Set(tried.map(({ api }) => api))].sort()
  return [
    ...apis.map(api => {
      const of = (all: readonly Verdict[]) => counted(all.filter(each => each.api === api))
      return `RECORDINGS ${api}: ${of(real)} of the real ones, ${of(others)} of the second-hand ones`
    }),
    `RECORDINGS all: ${counted(real)} of the real ones (R and D), of these ${counted(past)} from before 2024`,
    ...tally(
      tried.flatMap(({ recording, known }) =>
        [...new Set(known)].map(why => `differs: ${recording}: ${why}`),
      ),
    ),
    ...tally(
      verdicts.flatMap(({ notEmulated }) =>
        notEmulated === undefined ? [] : [`not emulated: ${notEmulated}`],
      ),
    ),
  ]
}
