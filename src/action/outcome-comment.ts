import type { Report } from '../core/hosting.ts'
import { commentMarker } from '../github/comment.ts'

/** GitHub refuses a longer comment (65,536); some room is left. */
const limit = 65_000

/** A refusal names its digest, so that the same one is not told twice. */
const opening = (environment: string, refused: string | undefined): string =>
  `<!-- slipway:outcome ${environment}${refused === undefined ? '' : ` refused:${refused}`} -->`
const closing = '<!-- slipway:outcome/ -->'
const foldOpening =
  '<details><summary>The comment as it was before the merge</summary>\n\n<!-- slipway:reviewed -->\n\n'
const foldClosing = '\n\n<!-- slipway:reviewed/ -->\n\n</details>'

/** What is told of an environment, and the plan that was refused, if one was. */
interface Told {
  readonly said: string
  readonly refused: string | undefined
}

/** What a comment of ours is made of. */
interface Parts {
  /** The hidden first line: it names the reviewed plan, and stays. */
  readonly marker: string
  readonly outcomes: ReadonlyMap<string, Told>
  readonly reviewed: string
}

/**
 * A pull request's comment after an apply: what became of each environment on top, what was reviewed folded below. An
 * outcome replaces an earlier one of the same environment, but for a refusal of the same plan, which stays. What does not fit is left out, the reviewed text first.
 */
export const withOutcomes = (body: string | undefined, reports: readonly Report[]): string => {
  const { marker, outcomes, reviewed } = parse(body)
  const fresh = new Map(
    reports
      .filter(one => one.refused === undefined || outcomes.get(one.environment)?.refused !== one.refused)
      .map(({ environment, body: said, refused }) => [environment, { said: withoutMarker(said), refused }]),
  )
  const sections = [...new Map([...outcomes, ...fresh])].map(([environment, told]) =>
    section(environment, told),
  )
  const whole = [marker, ...within(limit - marker.length, sections)].join('\n')
  const fold = reviewed === '' ? '' : `\n\n${foldOpening}${reviewed}${foldClosing}`
  return whole.length + fold.length <= limit ? `${whole}${fold}` : whole
}

const section = (environment: string, { said, refused }: Told): string =>
  `${opening(environment, refused)}\n${said.trim()}\n${closing}`

/** Sections that take so much room, the line break before each included: every one says its verdict, the first ones all. */
const within = (room: number, sections: readonly string[]): readonly string[] => {
  const short = sections.map(one => shortened(one, Math.floor(room / sections.length) - 1))
  let spare = room - short.reduce((sum, one) => sum + one.length + 1, 0)
  return sections.map((one, index) => {
    const verdict = short[index] ?? ''
    const more = one.length - verdict.length
    if (more > spare) return verdict
    spare -= more
    return one
  })
}

/** The verdict alone, of a section that has no room; at most so long, while that is enough for its marks. */
const shortened = (text: string, most: number): string => {
  const lines = text.split('\n')
  const rest = `\n\nThe rest is in the summary of the run.\n${closing}`
  const left = Math.max(0, Math.min(1_000, most - `${lines[0]}\n${rest}`.length))
  const verdict = lines.find(line => line.startsWith('### ')) ?? ''
  return `${lines[0]}\n${verdict.length > left ? `${verdict.slice(0, Math.max(0, left - 1))}…` : verdict}${rest}`
}

const withoutMarker = (body: string): string => body.replace(/^<!-- slipway:plan[^\n]*-->\n?/, '')

const parse = (body: string | undefined): Parts => {
  const marker = /^<!-- slipway:plan[^\n]*-->/.exec(body ?? '')?.[0]
  if (body === undefined || marker === undefined)
    return { marker: `${commentMarker} -->`, outcomes: new Map(), reviewed: '' }
  const rest = body.slice(marker.length)
  const pattern =
    /<!-- slipway:outcome ([a-z0-9-]+)(?: refused:([0-9a-f]{64}))? -->\n([\s\S]*?)\n<!-- slipway:outcome\/ -->/g
  const outcomes = new Map(
    [...rest.matchAll(pattern)].map(([, name = '', refused, said = '']) => [name, { said, refused }]),
  )
  if (outcomes.size === 0) return { marker, outcomes, reviewed: rest.trim() }
  const [, reviewed = ''] =
    /<!-- slipway:reviewed -->\n\n([\s\S]*)\n\n<!-- slipway:reviewed\/ -->/.exec(rest) ?? []
  return { marker, outcomes, reviewed }
}
