import type { IdentityOptions } from './identities.ts'
import { applierRoles, plannerRoles } from './roles.ts'
import type { Hooks } from './server.ts'
import type { Settings } from './settings.ts'
import type { ProjectOptions } from './store.ts'

/** How to start an emulator; everything has a default. */
export interface EmulatorOptions extends Partial<Settings> {
  /** 0: any free one. */
  readonly port?: number
  readonly projects?: readonly ProjectOptions[]
  /** Instead of the default owner, planner and applier. */
  readonly identities?: readonly IdentityOptions[]
  /** Divides the durations of operations; Infinity, the default: each is done by the next request. */
  readonly speed?: number
  /** `manual`: time stands still until `clock.advance`. */
  readonly clock?: 'wall' | 'manual'
  /** Milliseconds since 1970 at which the clock starts. */
  readonly start?: number
  /** Of made-up ids. */
  readonly seed?: string
  readonly hooks?: Hooks
}

/** The project that there is when none is asked for. */
export const defaultProject = 'acme-ml'

/** Bearer tokens `owner`, `planner` and `applier`, each with the roles of that name. */
export const defaultIdentities: readonly IdentityOptions[] = [
  { email: 'owner@example.com', token: 'owner', roles: ['roles/owner'] },
  {
    email: `slipway-planner@${defaultProject}.iam.gserviceaccount.com`,
    token: 'planner',
    roles: plannerRoles,
    permissions: ['container.clusters.connect'],
  },
  {
    email: `slipway-applier@${defaultProject}.iam.gserviceaccount.com`,
    token: 'applier',
    roles: applierRoles,
  },
]

/** Settings with their defaults filled in. The default federation takes the claims' subject for who it is. */
export const settingsOf = (options: EmulatorOptions): Settings => ({
  iamUnsettledReads: options.iamUnsettledReads ?? 0,
  iamSees: options.iamSees,
  servicePropagation: options.servicePropagation ?? 0,
  grantPropagation: options.grantPropagation ?? 0,
  reserveSqlNames: options.reserveSqlNames ?? false,
  forgetSqlDeletes: options.forgetSqlDeletes ?? false,
  enforceActAs: options.enforceActAs ?? false,
  quotas: options.quotas ?? false,
  notEmulated: options.notEmulated ?? [],
  federation: options.federation ?? (({ sub }) => (typeof sub === 'string' ? sub : undefined)),
  latency: options.latency ?? (() => 0),
  startKubernetes: options.startKubernetes,
  stopKubernetes: options.stopKubernetes,
})
