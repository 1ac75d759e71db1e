import type { EffectRule, FieldRule, Rules } from '../../core/rules.ts'

const fixed: EffectRule = {
  effect: 'refused',
  words: 'the name is the secret',
  recipe: 'Add a second secret with the new name and point what uses the old one at it; the old one stays.',
}

/** Read when a value is made, never again: a new value is a new version, which nobody wants by accident. */
const createOnly = (path: string): FieldRule => ({
  path,
  compare: 'create-only',
  change: { effect: 'in-place', words: 'counts for the next value that is generated' },
})

/** What a change of a secret does to people. */
export const secretRules: Rules = [
  { path: 'name', change: fixed },
  { path: 'project', change: fixed },
  createOnly('generate'),
  createOnly('generate.*'),
  {
    path: 'value',
    change: {
      effect: 'in-place',
      words: 'it has no enabled version: a value is generated and stored',
      seconds: 2,
    },
  },
  { path: 'labels', change: { effect: 'in-place', seconds: 2 } },
  { path: 'labels.*', change: { effect: 'in-place', seconds: 2 } },
  { path: 'mark', change: { effect: 'in-place', words: 'is labelled as this environment’s', seconds: 2 } },
]
