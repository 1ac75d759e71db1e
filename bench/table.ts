import type { Row } from './measure.ts'

const head = ['| | measured | against | ratio | aim |', '|---|--:|--:|--:|--:|']

/** Rows as a Markdown table. */
export const table = (rows: readonly Row[]): string =>
  [
    ...head,
    ...rows.map(({ what, value, against = '', ratio, aim = '' }) =>
      `| ${what} | ${value} | ${against} | ${ratio === undefined ? '' : ratio.toFixed(2)} | ${aim} |`.replaceAll(
        '  ',
        ' ',
      ),
    ),
  ].join('\n')

/** A page with a table between the markers of a measurement. @throws Error if the page has no such markers. */
export const withTable = (page: string, name: string, rows: readonly Row[]): string => {
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`]
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md has no ${begin} … ${end}`)
  return `${page.slice(0, from + begin.length)}\n\n${table(rows)}\n\n${page.slice(to)}`
}
