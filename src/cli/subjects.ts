import type { Subject } from '../commands/subject.ts'
import type { Workbench } from '../commands/workbench.ts'
import { ProblemsError, SlipwayError } from '../core/problem.ts'
import { baseName, environmentTexts } from './repository.ts'

/** Environments of the working tree: those that are named, and all of them. */
export interface Chosen {
  readonly chosen: readonly Subject[]
  readonly all: readonly Subject[]
  /** Files that cannot be read: nobody knows what they want. */
  readonly unreadable: readonly string[]
}

/**
 * Reads the environment files and picks the named ones (all, if none is named).
 * @throws ProblemsError if a file that is needed has problems; SlipwayError for a name that no file has.
 */
export const chooseSubjects = async (
  cwd: string,
  names: readonly string[],
  { load, applier }: Pick<Workbench, 'load' | 'applier'>,
): Promise<Chosen> => {
  const { subjects, failures } = load(await environmentTexts(cwd), applier)
  const wanted = (name: string, file: string) =>
    names.length === 0 || names.includes(name) || names.includes(baseName(file)) || names.includes(file)
  const broken = failures.filter(({ file }) => wanted('', file))
  if (broken.length > 0) throw new ProblemsError(broken.flatMap(({ problems }) => problems))
  const chosen = subjects.filter(({ name, file }) => wanted(name, file))
  const missing = names.filter(
    name => !chosen.some(one => [one.name, baseName(one.file), one.file].includes(name)),
  )
  if (missing.length > 0 && failures.length > 0)
    throw new ProblemsError(failures.flatMap(({ problems }) => problems))
  if (missing.length > 0) {
    throw new SlipwayError(`No environment is named ${missing.join(', ')}.`, {
      advice: `There are: ${subjects.map(({ name }) => name).join(', ') || 'none'}.`,
    })
  }
  return { chosen, all: subjects, unreadable: failures.map(({ file }) => file) }
}
