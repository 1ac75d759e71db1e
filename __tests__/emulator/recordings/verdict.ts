import type { Exchange, Recording } from './exchange.ts'
import { explained } from './explained.ts'
import type { Judged } from './replay.ts'
import { undetermined } from './undetermined.ts'

/** How one exchange of a recording fared. */
export interface Verdict {
  readonly recording: string
  readonly request: string
  readonly api: string
  /** R, D or G: how far its recording is to be trusted. */
  readonly grade: string
  /** True for an answer in a recording of grade D that holds values only its project's emulator gives. */
  readonly secondHand: boolean
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

const isSecondHand = ({ grade }: Recording, { answer }: Exchange): boolean =>
  grade === 'D' && secondHand.test(JSON.stringify(answer))

/** Sorts what differs into what says nothing, what is known, and what nobody has explained. */
export const verdictOf = (recording: Recording, judged: Judged): Verdict => {
  const { name, year } = recording
  const { exchange, api, notEmulated } = judged
  const real = judged.differences.filter(each => undetermined(each, year) === undefined)
  const grade = recording.grade.slice(0, 1)
  const secondHand = isSecondHand(recording, exchange)
  const trusted = { name, grade: secondHand ? 'G' : grade }
  const found = real.map(each => ({ each, why: explained(trusted, judged, each) }))
  return {
    recording: name,
    request: `${exchange.method} ${exchange.path}`,
    api,
    ...{ grade, secondHand },
    year,
    notEmulated,
    known: found.flatMap(({ why }) => why ?? []),
    unexplained: found.flatMap(({ each: { kind, path, recorded, ours }, why }) =>
      why === undefined ? [`${kind} ${path}: ${recorded} / ${ours}`] : [],
    ),
  }
}

/** Google's own answer, as far as anybody can tell. */
export const isReal = ({ grade, secondHand }: Verdict): boolean => grade !== 'G' && !secondHand

/** Same status, same shape, same values where they are determined. */
export const matches = ({ known, unexplained }: Verdict): boolean => known.length + unexplained.length === 0

const counted = (all: readonly Verdict[]): string => `${all.filter(matches).length}/${all.length}`

const tally = (texts: readonly string[]): readonly string[] => {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return [...counts].sort().map(([text, count]) => `${text}: ${count}`)
}

/** What is not emulated and why, with how many exchanges of each grade. */
const reasonsOf = (verdicts: readonly Verdict[]): readonly string[] => {
  const left = verdicts.filter(({ notEmulated }) => notEmulated !== undefined)
  const reasons = [...new Set(left.map(({ notEmulated }) => notEmulated))].sort()
  return reasons.map(reason => {
    const of = left.filter(({ notEmulated }) => notEmulated === reason)
    const grades = ['R', 'D', 'G'].map(grade => `${grade} ${of.filter(one => one.grade === grade).length}`)
    return `not emulated: ${reason}: ${of.length} (${grades.join(', ')})`
  })
}

/** The report: a line an API, then what differs and why, then what is not emulated and why. */
export const reportOf = (verdicts: readonly Verdict[]): readonly string[] => {
  const tried = verdicts.filter(({ notEmulated }) => notEmulated === undefined)
  const real = tried.filter(isReal)
  const others = tried.filter(one => !isReal(one))
  const graded = tried.filter(({ grade }) => grade !== 'G')
  const past = real.filter(({ year }) => year !== undefined && year < 2024)
  const apis = [...new Set(tried.map(({ api }) => api))].sort()
  return [
    ...apis.map(api => {
      const of = (all: readonly Verdict[]) => counted(all.filter(each => each.api === api))
      return `RECORDINGS ${api}: ${of(real)} of the real ones, ${of(others)} of the second-hand ones`
    }),
    `RECORDINGS all: ${counted(real)} of the real ones (R and D), of these ${counted(past)} from before 2024`,
    `RECORDINGS all of grade R and D: ${counted(graded)}, with ${graded.length - real.length} answers in recordings of grade D that hold constants of their project’s emulator`,
    ...tally(
      tried.flatMap(({ recording, known }) =>
        [...new Set(known)].map(why => `differs: ${recording}: ${why}`),
      ),
    ),
    ...reasonsOf(verdicts),
  ]
}
