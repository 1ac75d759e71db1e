import type { JsonObject } from '../../core/json.ts'
import { defineKind, type Item } from '../kind.ts'
import { each } from '../shared/calls.ts'
import { bareResource, partsOf } from '../shared/identity.ts'
import { plain } from '../shared/settings.ts'
import { addressMarks, observeAddresses } from './observe.ts'
import { addressRules } from './rules.ts'
import { type AddressSettings, addressSettings } from './schema.ts'
import { createAddress, removeAddress, settleAddress, updateAddress } from './write.ts'

/** `type` is said so that an internal address of the same name is not taken for this one. */
const specOf = ({ settings, scope }: Item<AddressSettings>): JsonObject => {
  const { name, region, tier, description, labels } = settings
  return plain({
    project: scope.project,
    region,
    name,
    tier,
    type: 'EXTERNAL',
    description,
    labels,
    mark: scope.environment,
  })
}

const identityOf = (project: string, region: string, name: string): string =>
  `//compute.googleapis.com/projects/${project}/regions/${region}/addresses/${name}`

/** A static, external IP address of a region. */
export const address = defineKind<AddressSettings>({
  kind: 'address',
  schema: addressSettings,
  rules: addressRules,
  holdsData: false,
  takes: [5, 15],
  reads: ['GET compute /compute/v1/projects/{}/aggregated/addresses'],
  placeholders: { address: '192.0.2.1' },
  resource: item => ({
    kind: 'address',
    name: item.name,
    address: `address/${item.name}`,
    identity: identityOf(item.scope.project, item.settings.region, item.settings.name),
    spec: specOf(item),
    dependsOn: ['service/compute'],
    sources: item.sources,
  }),
  observe: (resources, { gcp }) => observeAddresses(resources, gcp),
  named: identity => {
    const parts = partsOf(identityOf('{project}', '{region}', '{name}'), identity)
    return parts === undefined ? undefined : bareResource('address', parts.name ?? '', identity, parts)
  },
  marks: (project, { gcp }) => addressMarks(gcp, project, identityOf),
  create: (works, { gcp }) => each(works, work => createAddress(work, gcp)),
  update: (works, { gcp }) => each(works, work => updateAddress(work, gcp)),
  settle: (works, { gcp }) => each(works, work => settleAddress(work, gcp)),
  remove: async (works, { gcp }) => {
    await each(works, work => removeAddress(work, gcp))
  },
})
