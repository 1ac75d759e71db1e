import type { Note } from './plan.ts'
import { isPosition, type Problem } from './problem.ts'
import type { Resource } from './resource.ts'

/** Why something may be taken away that no file at a recorded commit means. */
export const vouched =
  'another version of Slipway made it for this environment, as the record and its mark say; this one does not'

/** What a plan says of something that is to go and goes already. */
export const leaving = 'it is being deleted already; this waits until it is gone'

/** Another version of Slipway made it, and data is never lost for that. */
export const wouldForget = ({ address, identity }: Resource, protection?: string): Problem => ({
  address,
  message: `${address} (${identity}) was made for this environment and holds data, and this version of Slipway does not make it from the file.`,
  advice: `Name it in the file, in its own section, to keep it. To delete it, name it there first${protection === undefined ? '' : `, say \`${protection}: false\``}, and delete it in a later pull request.`,
})

/** A name or place of something that holds data changed. */
export const wouldReplace = ({ address, identity }: Resource, successor: Resource): Problem => ({
  address,
  message: `${address} would be replaced: the file now names ${successor.identity}, and ${identity} holds data.`,
  advice:
    'Put the old name and place back. To move, make the new one under another name, move the data, then delete the old one.',
  ...(isPosition(successor.sources['']) ? { position: successor.sources[''] } : {}),
})

/** Another environment has taken it over. */
export const handedOver = ({ address, identity }: Resource, mark: string): Note => ({
  level: 'info',
  message: `${address} is no longer in the file; ${identity} stays: its mark says that it belongs to ${mark} now.`,
  address,
})

/** Deletion takes two steps, and this is the second without the first. */
export const isProtected = ({ address }: Resource, protection: string): Problem => ({
  address,
  message: `${address} is named under \`delete:\`, but the file that was applied last protects it (${protection}).`,
  advice: `Say \`${protection}: false\` in a pull request of its own, merge it, and delete it in the next.`,
})

/** It left the file, and holds data. */
export const wouldLoseData = ({ address, identity }: Resource, protection?: string): Problem => ({
  address,
  message: `${address} is no longer in the file, but it holds data (${identity}).`,
  advice:
    protection === undefined
      ? `To keep it, put it back. To delete it and what it holds, say \`delete: [${address}]\`.`
      : `To keep it, put it back. To delete it, say \`${protection}: false\` in one pull request, then \`delete: [${address}]\` in the next.`,
})
