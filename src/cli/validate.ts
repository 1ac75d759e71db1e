import { loadEnvironments } from '../commands/load.ts'
import { problemCount, problemLines } from '../render/terminal/problems.ts'
import { print, type Terminal } from './context.ts'
import { environmentTexts, textsOf } from './repository.ts'

/** `slipway validate [files…]`: checks files without any account. Exit code 1 if there are problems. */
export const validate = async (terminal: Terminal, paths: readonly string[]): Promise<number> => {
  const texts = paths.length === 0 ? await environmentTexts(terminal.cwd) : await textsOf(paths)
  const { failures } = loadEnvironments(texts, () => terminal.env.SLIPWAY_APPLIER)
  const problems = failures.flatMap(failure => failure.problems)
  if (problems.length > 0) print(terminal, problemLines(problems, terminal.width, terminal.palette))
  print(terminal, [problemCount(problems, texts.length)])
  return problems.length === 0 ? 0 : 1
}
