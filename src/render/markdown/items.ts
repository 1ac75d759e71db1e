import { prose } from './escape.ts'

/** A paragraph of an alert, Markdown, and what it ends with. */
export interface Item {
  readonly text: string
  /** What to do, '' for nothing. */
  readonly advice: string
  /** The same for several. */
  readonly shared?: (count: number) => string
}

/** What people do about a problem. */
export const whatToDo = (advice: string | undefined): Pick<Item, 'advice' | 'shared'> => {
  if (advice === undefined) return { advice: '' }
  const text = prose(advice)
  return {
    advice: `**What to do:** ${text}`,
    shared: count => `**What to do about the ${count} above:** ${text}`,
  }
}

/** Paragraphs; neighbours with the same advice share it: it is said once, below them. */
export const together = (items: readonly Item[]): readonly string[] => {
  const texts: string[] = []
  let alike = 0
  for (const [index, { text, advice, shared }] of items.entries()) {
    alike++
    const goesOn = shared !== undefined && items[index + 1]?.advice === advice
    if (goesOn || (shared !== undefined && alike > 1)) texts.push(text)
    else texts.push(advice === '' ? text : `${text} ${advice}`)
    if (goesOn) continue
    if (shared !== undefined && alike > 1) texts.push(shared(alike))
    alike = 0
  }
  return texts
}
