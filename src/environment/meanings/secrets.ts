import type { Meanings } from './meanings.ts'

/** What the settings of `secrets` mean. */
export const secrets: Meanings = {
  'secrets.name': 'Its name in Secret Manager; without it, the entry’s name.',
  'secrets.generate': 'Slipway makes the value, once. Without this, its owner brings it.',
  'secrets.generate.user': 'The value is `USER:PASSWORD`, with this user.',
  'secrets.generate.length': 'Characters of the password.',
  'secrets.generate.alphabet': 'What it is made of.',
  'secrets.labels': 'Labels for searches.',
}
