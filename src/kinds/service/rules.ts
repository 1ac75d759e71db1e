import type { Rules } from '../../core/rules.ts'

const fixed = {
  effect: 'refused',
  words: 'it names the service',
  recipe: 'Add an entry for the other service; this one stays on.',
} as const

/** A service is on or off; nothing of it changes in place. */
export const serviceRules: Rules = [
  { path: 'service', change: fixed },
  { path: 'project', change: fixed },
]
