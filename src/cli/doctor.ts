import { lookAtAll } from '../bootstrap/run.ts'
import { wrap } from '../render/terminal/width.ts'
import type { Finding } from '../setup/finding.ts'
import { findingsOf } from '../setup/whole.ts'
import { print, type Terminal, withBench } from './context.ts'
import { bootstrapCommand, connected, readIdentities, type SetUpFlags, wishesOf } from './wishes.ts'

/** What `slipway doctor` can be told. */
export interface DoctorFlags extends SetUpFlags {
  readonly json?: boolean
}

/**
 * `slipway doctor`: looks at the set-up from both sides and says what is missing or too wide, who can do what because of
 * it, and what mends it. Writes nothing. Exit code 1 if something is wrong or could not be looked at.
 */
export const doctor = (terminal: Terminal, flags: DoctorFlags): Promise<number> =>
  withBench(terminal, {}, async ({ bench }) => {
    const api = await connected(terminal)
    const wishes = await wishesOf(terminal, api, flags)
    const reader = (project: string) => bench.applying(project).gcp
    const sight = await lookAtAll({ reader, api, parseIdentities: readIdentities }, wishes)
    const findings = findingsOf(wishes, sight, bootstrapCommand(flags))
    const isWell = findings.every(({ level }) => level === 'note')
    if (flags.json === true) {
      terminal.write(`${JSON.stringify({ format: 'slipway-doctor/1', ok: isWell, findings }, null, 2)}\n`)
      return isWell ? 0 : 1
    }
    const places = [wishes.repository.name, ...wishes.projects.map(({ id }) => id)].join(', ')
    print(terminal, [...linesOf(findings, terminal), ...verdict(findings, places)])
    return isWell ? 0 : 1
  })

const marks = { wrong: '✗', note: '·', unchecked: '?' } as const

/** Findings, each with its consequence; what mends several in a row is said once, below them. */
export const linesOf = (findings: readonly Finding[], { palette, width }: Terminal): readonly string[] => {
  let alike = 0
  return findings.flatMap(({ level, where, what, effect, mend }, index) => {
    const goesOn = mend !== undefined && findings[index + 1]?.mend === mend
    alike++
    const count = alike
    if (!goesOn) alike = 0
    const lead = count > 1 ? [`    For the ${count} above:`] : []
    const mark = level === 'wrong' ? palette.bad(marks.wrong) : marks[level]
    const [first = '', ...more] = wrap(
      `${where}: ${level === 'unchecked' ? 'not checked: ' : ''}${what}`,
      width - 4,
    )
    return [
      `${mark} ${first}`,
      ...more.map(line => `  ${line}`),
      ...wrap(effect ?? '', width - 4).map(line => `    ${line}`),
      ...(mend === undefined || goesOn
        ? []
        : [...lead, ...mend.split('\n').map(line => `    ${palette.faint(line)}`)]),
      '',
    ]
  })
}

const verdict = (findings: readonly Finding[], places: string): readonly string[] => {
  const count = (level: Finding['level']) => findings.filter(one => one.level === level).length
  const [wrong, unchecked] = [count('wrong'), count('unchecked')]
  if (wrong + unchecked === 0) return [`The set-up of ${places} is as it should be.`]
  const parts = [
    ...(wrong === 0 ? [] : [`${wrong} ${wrong === 1 ? 'thing is' : 'things are'} wrong`]),
    ...(unchecked === 0 ? [] : [`${unchecked} could not be checked`]),
  ]
  return [`${places}: ${parts.join(', ')}.`]
}
