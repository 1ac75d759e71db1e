import { address } from './address/index.ts'
import { cluster } from './cluster/index.ts'
import { grant } from './grant/index.ts'
import type { Kind } from './kind.ts'
import { kubernetesSecret } from './kubernetes-secret/index.ts'
import { namespace } from './namespace/index.ts'
import { nodePool } from './node-pool/index.ts'
import { release } from './release/index.ts'
import { secret } from './secret/index.ts'
import { service } from './service/index.ts'
import { serviceAccount } from './service-account/index.ts'
import { sqlDatabase } from './sql-database/index.ts'
import { sqlInstance } from './sql-instance/index.ts'
import { sqlUser } from './sql-user/index.ts'

/** A kind among others: its settings are checked by its own schema instead of by the compiler. */
const anyKind = <Settings>(kind: Kind<Settings>): Kind => ({
  ...kind,
  resource: item => kind.resource({ ...item, settings: kind.schema.parse(item.settings) }),
})

/** Every kind of resource, in the order in which people read them. */
export const kinds: readonly Kind[] = [
  anyKind(service),
  anyKind(serviceAccount),
  anyKind(cluster),
  anyKind(nodePool),
  anyKind(address),
  anyKind(sqlInstance),
  anyKind(sqlDatabase),
  anyKind(sqlUser),
  anyKind(secret),
  anyKind(grant),
  anyKind(namespace),
  anyKind(kubernetesSecret),
  anyKind(release),
]

/** The kinds by name. */
export const kindsByName: ReadonlyMap<string, Kind> = new Map(kinds.map(kind => [kind.kind, kind]))
