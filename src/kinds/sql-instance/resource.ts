import type { JsonObject } from '../../core/json.ts'
import type { Resource } from '../../core/resource.ts'
import { asMap, plain } from '../../gcp/container/settings.ts'
import { instanceIdentity } from '../../gcp/container/sql-instances.ts'
import type { Item } from '../kind.ts'
import { defaultEdition, type SqlInstanceSettings } from './schema.ts'

/** The kind's name. */
export const kind = 'sql-instance'

/** The resource that `database` stands for. */
export const instanceResource = ({ name, settings, scope, sources }: Item<SqlInstanceSettings>): Resource => {
  const place = { project: scope.project, name: settings.name }
  return {
    kind,
    name,
    address: `${kind}/${name}`,
    identity: instanceIdentity(place),
    spec: { ...specOf(settings, scope.project), ...place, mark: scope.environment },
    dependsOn: ['service/sqladmin', ...(settings.after ?? [])],
    sources,
  }
}

const specOf = ({ after: _, ...settings }: SqlInstanceSettings, project: string): JsonObject => {
  const { edition, flags, privateNetwork, psc, ...others } = settings
  const linked = (network: string) =>
    network.includes('/') ? network : `projects/${project}/global/networks/${network}`
  return plain({
    ...others,
    edition: edition ?? defaultEdition,
    flags: flags === undefined ? undefined : flagsOf(flags),
    privateNetwork: privateNetwork === undefined ? undefined : linked(privateNetwork),
    psc: psc === undefined ? undefined : pscOf(psc),
  })
}

/** Flags are text at Google: YAML's 200 and true become "200" and "on". */
const flagsOf = (flags: NonNullable<SqlInstanceSettings['flags']>): object =>
  Object.fromEntries(
    Object.entries(flags).map(([name, value]) => [
      name,
      typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value),
    ]),
  )

const pscOf = ({ enabled, consumerProjects }: NonNullable<SqlInstanceSettings['psc']>): object => ({
  enabled,
  consumerProjects: consumerProjects === undefined ? undefined : asMap(consumerProjects),
})
