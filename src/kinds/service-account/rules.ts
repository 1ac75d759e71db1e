import type { EffectRule, Rules } from '../../core/rules.ts'

const fixed: EffectRule = {
  effect: 'refused',
  words: 'the id is the account',
  recipe:
    'Add a second account with the new id and its roles, move what uses the old one, then take the old entry out in a later pull request.',
}

/** What a change of a service account does to people. */
export const serviceAccountRules: Rules = [
  { path: 'id', change: fixed },
  { path: 'project', change: fixed },
  { path: 'displayName', change: { effect: 'in-place', seconds: 10 } },
  { path: 'description', change: { effect: 'in-place', seconds: 10 } },
  {
    path: 'mark',
    change: { effect: 'in-place', words: 'its description names this environment', seconds: 10 },
  },
  {
    path: 'disabled',
    change: { effect: 'in-place', seconds: 10 },
    cases: {
      enable: {
        effect: 'restart',
        words: 'whatever runs as this account is locked out within minutes',
        seconds: 10,
      },
      disable: { effect: 'in-place', words: 'the account works again', seconds: 10 },
    },
  },
]
