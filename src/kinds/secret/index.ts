import type { JsonObject } from '../../core/json.ts'
import { defineKind, type Item } from '../kind.ts'
import { each } from '../shared/calls.ts'
import { bareResource, marksOf, partsOf } from '../shared/identity.ts'
import { markOf } from '../shared/labels.ts'
import { plain } from '../shared/settings.ts'
import { listSecrets } from './api.ts'
import { observeSecrets } from './observe.ts'
import { secretRules } from './rules.ts'
import { type SecretSettings, secretSettings } from './schema.ts'
import { createSecret, removeSecret, updateSecret } from './write.ts'

/** `value: stored` stands for "has an enabled version", so that a half-made secret shows up in a plan. */
const specOf = ({ settings, scope }: Item<SecretSettings>): JsonObject => {
  const { name, generate, labels } = settings
  return plain({
    project: scope.project,
    name,
    generate,
    ...(generate === undefined ? {} : { value: 'stored', mark: scope.environment }),
    labels,
  })
}

const identityOf = (project: string, name: string): string =>
  `//secretmanager.googleapis.com/projects/${project}/secrets/${name}`

/** A secret of Secret Manager: generated once, or brought by its owner. Planning sees versions, never values. */
export const secret = defineKind<SecretSettings>({
  kind: 'secret',
  schema: secretSettings,
  rules: secretRules,
  holdsData: true,
  takes: [1, 3],
  placeholders: { name: 'placeholder-secret', version: '1' },
  reads: [
    'GET secretmanager /v1/projects/{}/secrets',
    'GET secretmanager /v1/projects/{}/secrets/{}/versions',
  ],
  resource: item => ({
    kind: 'secret',
    name: item.name,
    address: `secret/${item.name}`,
    identity: identityOf(item.scope.project, item.settings.name),
    spec: specOf(item),
    dependsOn: ['service/secretmanager'],
    sources: item.sources,
  }),
  owns: spec => spec.generate !== undefined,
  observe: (resources, { gcp }) => observeSecrets(resources, gcp),
  // Only what was generated carries a mark: taken for such, one that its owner brought shows none.
  named: identity => {
    const parts = partsOf(identityOf('{project}', '{name}'), identity)
    return parts && bareResource('secret', parts.name ?? '', identity, { ...parts, generate: {} })
  },
  marks: async (project, { gcp }) =>
    marksOf(
      await listSecrets(gcp, project),
      ([name]) => identityOf(project, name),
      ([, { labels }]) => markOf(labels),
    ),
  create: (works, { gcp, redactor }) => each(works, work => createSecret(work, gcp, redactor)),
  update: (works, { gcp, redactor }) => each(works, work => updateSecret(work, gcp, redactor)),
  remove: async (works, { gcp }) => {
    await each(works, work => removeSecret(work, gcp))
  },
})
