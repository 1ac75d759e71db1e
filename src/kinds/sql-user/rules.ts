import type { EffectRule, Rules } from '../../core/rules.ts'

const refused: EffectRule = {
  effect: 'refused',
  words: 'Cloud SQL cannot change it on a user that exists',
  recipe: 'Add a second user with this setting, let the release use it, then delete the first.',
}

/** What a change of each setting does (facts on users; sqladmin v1 users.update). */
export const sqlUserRules: Rules = [
  ...['project', 'instance', 'name', 'type'].map(path => ({ path, change: refused })),
  {
    path: 'roles.*',
    compare: 'create-only',
    change: { effect: 'in-place', words: 'roles are given when the user is made or taken over' },
  },
  {
    path: 'password.**',
    compare: 'create-only',
    change: { effect: 'in-place', words: 'where the password comes from; its version says when it is set' },
  },
  {
    path: 'passwordVersion',
    change: {
      effect: 'in-place',
      words: 'sets the password; connections that are open go on, new ones need the new password',
      seconds: 30,
    },
  },
  {
    path: 'mark',
    change: {
      effect: 'in-place',
      words: 'is taken over: it gets its roles, and a label of the instance notes the environment',
      seconds: 40,
    },
  },
]
