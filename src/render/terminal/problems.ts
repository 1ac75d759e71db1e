import type { Problem } from '../../core/problem.ts'
import { counted, plain, sentencesOf, withoutAddress } from '../text.ts'
import type { Palette } from './palette.ts'
import { displayWidth, pad, wrap } from './width.ts'

const placeOf = ({ position, address }: Problem): string =>
  plain(position === undefined ? (address ?? '') : `${position.file}:${position.line}:${position.column}`)

/** Problems, `file:line:column  message`, the advice below the message. */
export const problemLines = (
  problems: readonly Problem[],
  width: number,
  palette: Palette,
): readonly string[] => {
  const places = problems.map(placeOf)
  const widest = places.reduce((most, place) => Math.max(most, displayWidth(place)), 0)
  const indent = Math.min(widest, Math.floor(width / 2))
  return problems.flatMap((problem, index) => {
    const place = places[index] ?? ''
    const room = Math.max(30, width - indent - 2)
    const message = sentencesOf(withoutAddress(problem.message, place))
    const text = [...wrap(message, room), ...wrap(problem.advice ?? '', room)]
    const own = displayWidth(place) > indent ? [palette.strong(place)] : []
    const first = own.length > 0 ? '' : place
    return [
      ...own,
      ...text.map((line, at) =>
        (at === 0
          ? `${palette.strong(pad(first, indent))}  ${line}`
          : `${' '.repeat(indent)}  ${line}`
        ).trimEnd(),
      ),
    ]
  })
}

/** `2 problems in 1 of 3 files.` */
export const problemCount = (problems: readonly Problem[], files: number): string => {
  const bad = new Set(problems.flatMap(({ position }) => (position === undefined ? [] : [position.file])))
    .size
  if (problems.length === 0) return `No problems in ${counted(files, 'file')}.`
  return `${counted(problems.length, 'problem')} in ${bad} of ${counted(files, 'file')}.`
}
