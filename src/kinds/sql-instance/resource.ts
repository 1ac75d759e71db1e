import type { JsonObject } from '../../core/json.ts'
import type { Resource } from '../../core/resource.ts'
import type { Item } from '../kind.ts'
import { asMap, linked, plain } from '../shared/settings.ts'
import { instanceIdentity } from '../shared/sql/instances.ts'
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
  return plain({
    ...others,
    edition: edition ?? defaultEdition,
    flags: flags === undefined ? undefined : flagsOf(flags),
    privateNetwork: linked(project, 'global/networks', privateNetwork),
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
