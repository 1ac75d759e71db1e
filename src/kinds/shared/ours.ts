import { SlipwayError } from '../../core/problem.ts'
import type { Work } from '../kind.ts'

/**
 * Something stands where a create wants to go: fine if our mark is on it.
 * @throws SlipwayError if it is somebody else's, or nobody's.
 */
export const requireOurs = ({ address, identity, environment }: Work, mark: string | null): void => {
  if (mark === environment) return
  if (mark === null)
    throw new SlipwayError(`${address} was not made: ${identity} exists already and is not marked as ours.`, {
      advice: 'It appeared after the plan was made. Plan again: it is then shown as an adoption.',
    })
  throw new SlipwayError(
    `${address} was not made: ${identity} belongs to environment ${mark}, as its mark says.`,
    {
      advice: 'Give this one another name, or share it with `use:`.',
    },
  )
}

/** @throws SlipwayError if what is to be removed carries the mark of another environment. */
export const requireNotForeign = ({ address, identity, environment }: Work, mark: string | null): void => {
  if (mark === null || mark === environment) return
  throw new SlipwayError(
    `${address} was not removed: ${identity} now belongs to environment ${mark}, as its mark says.`,
    { advice: 'Leave it there; plan again, so that it is no longer listed.' },
  )
}

/** @throws SlipwayError if what is to be adopted or changed bears the mark of another environment by now. */
export const requireAdoptable = ({ address, identity, environment }: Work, mark: string | null): void => {
  if (mark === null || mark === environment) return
  throw new SlipwayError(
    `${address} was left as it is: ${identity} belongs to environment ${mark} now, as its mark says.`,
    { advice: 'Give this one another name, or share it with `use:`.' },
  )
}

/** @throws SlipwayError if what is to be removed does not carry our mark. */
export const requireMarked = (work: Work, mark: string | null): void => {
  requireNotForeign(work, mark)
  if (mark === null)
    throw new SlipwayError(`${work.address} was not removed: ${work.identity} is no longer marked as ours.`, {
      advice: 'Somebody took the mark away. Delete it by hand if nobody needs it.',
    })
}
