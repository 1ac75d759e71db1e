import type { Meanings } from './meanings.ts'

/** What the settings of `serviceAccounts` and `projectIam` mean. */
export const identities: Meanings = {
  'serviceAccounts.id': 'The part of its e-mail before the `@`; without it, the entry’s name.',
  'serviceAccounts.displayName': 'What consoles call it.',
  'serviceAccounts.description': 'What it is for.',
  'serviceAccounts.disabled': 'True: nobody can sign in as it.',
  'serviceAccounts.grants[].role': 'The role, for example `roles/iam.serviceAccountUser`.',
  'projectIam[].role': 'The role, for example `roles/cloudsql.viewer`.',
  'projectIam[].condition': 'The role holds only while this is true.',
}
