import type { EffectRule, Rules } from '../../core/rules.ts'

const refused = (words: string): EffectRule => ({
  effect: 'refused',
  words,
  recipe:
    'Add a second database with this setting under another name, move the data with pg_dump and pg_restore, then point the release to it.',
})

/** Nothing of a PostgreSQL database can be changed through Cloud SQL once it holds data (facts on databases). */
export const sqlDatabaseRules: Rules = [
  ...['project', 'instance', 'name'].map(path => ({ path, change: refused('it is part of what names it') })),
  { path: 'charset', change: refused('PostgreSQL cannot change the encoding of a database') },
  { path: 'collation', change: refused('PostgreSQL cannot change the collation of a database') },
]
