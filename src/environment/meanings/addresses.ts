import type { Meanings } from './meanings.ts'

/** What the settings of `addresses` mean. */
export const addresses: Meanings = {
  'addresses.name': 'Its name in Google Cloud; without it, the entry’s name.',
  'addresses.region': 'Its region; without it, the file’s.',
  'addresses.tier': 'Network tier.',
  'addresses.description': 'What it is for. Fixed when it is made.',
  'addresses.labels': 'Labels for bills and searches.',
}
