/** How words are made to stand out; the caller decides whether there are colours (NO_COLOR, no terminal). */
export interface Palette {
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly caution: (text: string) => string
  readonly faint: (text: string) => string
  readonly strong: (text: string) => string
}

const same = (text: string): string => text

/** No colours. */
export const plainPalette: Palette = { good: same, bad: same, caution: same, faint: same, strong: same }

const controlSequence = String.fromCharCode(27)
const sgr =
  (on: number, off: number) =>
  (text: string): string =>
    text === '' ? '' : `${controlSequence}[${on}m${text}${controlSequence}[${off}m`

/** The sixteen colours that every terminal has. */
export const ansiPalette: Palette = {
  good: sgr(32, 39),
  bad: sgr(31, 39),
  caution: sgr(33, 39),
  faint: sgr(2, 22),
  strong: sgr(1, 22),
}
