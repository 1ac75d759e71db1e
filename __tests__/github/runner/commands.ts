/** What the runner makes of a `::error …::` line. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice'
  readonly message: string
  readonly file?: string
  readonly line?: number
  readonly col?: number
  readonly endLine?: number
  readonly endColumn?: number
  readonly title?: string
}

/** Reads an action's output line by line, as the runner does. */
export interface CommandReader {
  readonly line: (line: string) => void
  readonly annotations: readonly Annotation[]
  /** Every value masked so far: the whole and each of its lines. */
  readonly masks: ReadonlySet<string>
  /** The log as people see it: masked, commands turned into `##[…]` lines. */
  readonly log: readonly string[]
  readonly groups: readonly string[]
  /** Commands that current runners refuse (`set-output`, `save-state`, `set-env`, `add-path`). */
  readonly refused: readonly string[]
}

interface Command {
  readonly name: string
  readonly properties: Readonly<Record<string, string>>
  readonly data: string
}

const unescapeData = (text: string): string =>
  text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%')

const unescapeProperty = (text: string): string =>
  text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%')

/** A workflow command stands at the start of a line, blanks apart. */
export const parseCommand = (line: string): Command | undefined => {
  const parts = /^\s*::([^\s:]+)(?: (.*?))?::(.*)$/s.exec(line)
  if (parts === null) return undefined
  const [, name = '', list = '', data = ''] = parts
  const properties = list.split(',').flatMap(pair => {
    const at = pair.indexOf('=')
    return at < 1 ? [] : [[pair.slice(0, at).trim(), unescapeProperty(pair.slice(at + 1))] as const]
  })
  return { name: name.toLowerCase(), properties: Object.fromEntries(properties), data: unescapeData(data) }
}

const REFUSED = new Set(['set-output', 'save-state', 'set-env', 'add-path'])

const toAnnotation = (level: Annotation['level'], { properties, data }: Command): Annotation => {
  const number = (key: string): number | undefined =>
    /^\d+$/.test(properties[key] ?? '') ? Number(properties[key]) : undefined
  const { file, title } = properties
  const [line, col, endLine, endColumn] = ['line', 'col', 'endLine', 'endColumn'].map(number)
  return {
    ...{ level, message: data },
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
    ...(col !== undefined && { col }),
    ...(endLine !== undefined && { endLine }),
    ...(endColumn !== undefined && { endColumn }),
    ...(title !== undefined && { title }),
  }
}

/** Replaces every masked value, longest first. */
export const mask = (text: string, masks: ReadonlySet<string>): string =>
  [...masks].sort((a, b) => b.length - a.length).reduce((out, value) => out.replaceAll(value, '***'), text)

/** A reader with nothing read. */
export const createCommandReader = (): CommandReader => {
  const annotations: Annotation[] = []
  const masks = new Set<string>()
  const log: string[] = []
  const groups: string[] = []
  const refused: string[] = []
  let resume: string | undefined
  const show = (text: string): void => void log.push(mask(text, masks))
  const addMask = (value: string): void => {
    for (const part of [value, ...value.split(/\r?\n/)]) if (part.trim() !== '') masks.add(part.trim())
    log.push('::add-mask::***')
  }
  const obey = (command: Command, line: string): void => {
    const { name, data } = command
    if (name === 'add-mask') addMask(data)
    else if (name === 'stop-commands') resume = data
    else if (name === 'error' || name === 'warning' || name === 'notice') {
      annotations.push(toAnnotation(name, command))
      show(`##[${name}]${data}`)
    } else if (name === 'group') {
      groups.push(data)
      show(`##[group]${data}`)
    } else if (name === 'endgroup' || name === 'debug') show(`##[${name}]${data}`)
    else {
      if (REFUSED.has(name)) refused.push(name)
      show(line)
    }
  }
  const line = (text: string): void => {
    const command = parseCommand(text)
    if (resume !== undefined) {
      if (command?.name === resume.toLowerCase()) resume = undefined
      else show(text)
    } else if (command === undefined) show(text)
    else obey(command, text)
  }
  return { line, annotations, masks, log, groups, refused }
}
