import { addresses } from './addresses.ts'
import { cluster } from './cluster.ts'
import { database } from './database.ts'
import { identities } from './identities.ts'
import type { Meanings } from './meanings.ts'
import { namespaces } from './namespaces.ts'
import { nodePools } from './node-pools.ts'
import { releases } from './releases.ts'
import { secrets } from './secrets.ts'

/** What each setting of a kind means. */
export const meanings: Meanings = {
  ...releases,
  ...identities,
  ...cluster,
  ...nodePools,
  ...addresses,
  ...secrets,
  ...database,
  ...namespaces,
}
