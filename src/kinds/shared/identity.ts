import type { JsonObject } from '../../core/json.ts'
import type { Resource } from '../../core/resource.ts'

/** Identities with the environments that marks name. */
export type Marks = ReadonlyMap<string, string>

/**
 * The parts of an identity that a template such as `//host/projects/{project}/things/{name}` names; undefined if it is
 * of another shape.
 */
export const partsOf = (template: string, identity: string): Readonly<Record<string, string>> | undefined => {
  const pattern = template
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>[^/#]+)`)
  return new RegExp(`^${pattern}$`).exec(identity)?.groups
}

/** A resource of which no more is known than what its identity says: enough to find it and to take it away. */
export const bareResource = (kind: string, name: string, identity: string, spec: JsonObject): Resource => ({
  ...{ kind, name, address: `${kind}/${name}`, identity, spec },
  dependsOn: [],
  sources: {},
})

/** Marks by identity, of things found by some key. */
export const marksOf = <T>(
  found: Iterable<T>,
  identityOf: (one: T) => string,
  markOf: (one: T) => string | null,
): Marks => {
  const marks = new Map<string, string>()
  for (const one of found) {
    const mark = markOf(one)
    if (mark !== null) marks.set(identityOf(one), mark)
  }
  return marks
}
