import type { Rules } from '../../core/rules.ts'

const fixed = {
  effect: 'refused',
  words: 'a grant with other words is another grant',
  recipe: 'Write the other grant down; the old one goes when no file names it any more.',
} as const

/** A grant is there or not; nothing of it changes in place. */
export const grantRules: Rules = ['role', 'member', 'target.*', 'condition.*'].map(path => ({
  path,
  change: fixed,
}))
