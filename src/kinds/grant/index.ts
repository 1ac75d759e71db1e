import type { Outputs } from '../../core/reference.ts'
import type { Address } from '../../core/resource.ts'
import { defineKind, type Work } from '../kind.ts'
import { policyReads, targetOf } from './api.ts'
import { observeGrants } from './observe.ts'
import { grantRules } from './rules.ts'
import { type GrantSettings, grantSettings } from './schema.ts'
import { grantResource, namedGrant } from './spec.ts'
import { addGrants, removeGrants } from './write.ts'

export { grantName } from './spec.ts'

const noOutputs = (works: readonly Work[]): ReadonlyMap<Address, Outputs> =>
  new Map(works.map(({ address }) => [address, {}]))

/** One member that has one role on a project or a service account. Only ever added to what is there. */
export const grant = defineKind<GrantSettings>({
  kind: 'grant',
  schema: grantSettings,
  rules: grantRules,
  holdsData: false,
  takes: [2, 10],
  reads: policyReads,
  resource: grantResource,
  observe: (resources, { gcp }) => observeGrants(resources, gcp),
  named: namedGrant,
  lane: spec => `policy of ${targetOf(spec).identity}`,
  batch: spec => `policy of ${targetOf(spec).identity}`,
  create: async (works, { gcp }) => {
    await addGrants(works, gcp)
    return noOutputs(works)
  },
  update: async (works, { gcp }) => {
    await addGrants(works, gcp)
    return noOutputs(works)
  },
  remove: (works, { gcp }) => removeGrants(works, gcp),
})
