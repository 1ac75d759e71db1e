import { defineKind } from '../kind.ts'
import { each } from '../shared/calls.ts'
import { bareResource, marksOf, partsOf } from '../shared/identity.ts'
import { plain } from '../shared/settings.ts'
import { emailOf, listAccounts, splitDescription } from './api.ts'
import { observeAccounts } from './observe.ts'
import { serviceAccountRules } from './rules.ts'
import { type ServiceAccountSettings, serviceAccountSettings } from './schema.ts'
import { createAccount, removeAccount, updateAccount } from './write.ts'

const identityOf = (project: string, email: string): string =>
  `//iam.googleapis.com/projects/${project}/serviceAccounts/${email}`

/** A service account of a project. It holds no data, but a new one of the same name has none of its grants. */
export const serviceAccount = defineKind<ServiceAccountSettings>({
  kind: 'service-account',
  schema: serviceAccountSettings,
  rules: serviceAccountRules,
  holdsData: false,
  takes: [5, 20],
  reads: ['GET iam /v1/projects/{}/serviceAccounts'],
  placeholders: { email: 'placeholder@placeholder.iam.gserviceaccount.com' },
  resource: ({ name, settings, scope, sources }) => {
    const { project, environment } = scope
    const { id, displayName, description, disabled = false } = settings
    return {
      kind: 'service-account',
      name,
      address: `service-account/${name}`,
      identity: identityOf(project, emailOf(id, project)),
      spec: plain({ project, id, displayName, description, disabled, mark: environment }),
      dependsOn: ['service/iam'],
      sources,
    }
  },
  observe: (resources, { gcp }) => observeAccounts(resources, gcp),
  named: identity => {
    const { project = '', email = '' } = partsOf(identityOf('{project}', '{email}'), identity) ?? {}
    const id = email.split('@')[0] ?? ''
    const own = id !== '' && emailOf(id, project) === email
    return own ? bareResource('service-account', id, identity, { project, id }) : undefined
  },
  marks: async (project, { gcp }) =>
    marksOf(
      (await listAccounts(gcp, project)).values(),
      ({ email }) => identityOf(project, email),
      ({ description }) => splitDescription(description).mark,
    ),
  // IAM takes 600 writes a minute and project; accounts of one project are few, so they go side by side.
  create: (works, { gcp }) => each(works, work => createAccount(work, gcp)),
  update: (works, { gcp }) => each(works, work => updateAccount(work, gcp)),
  remove: async (works, { gcp }) => {
    await each(works, work => removeAccount(work, gcp))
  },
})
