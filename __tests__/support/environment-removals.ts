import fc from 'fast-check'
import { kindsByName } from '../../src/kinds/registry.ts'
import { flag, some } from './draw.ts'
import { type Document, defined, everyKind, textOf } from './environments.ts'
import { subjectOf } from './one-file.ts'

type Section = Readonly<Record<string, unknown>>

/** A file, the one that switches protection off, and the one that takes something out of it. */
export type Removal = readonly [Document, Document, Document]

/** What leaves together: nothing of one of these needs another of them that comes later. */
const parts: Readonly<Record<string, (document: Document) => Document>> = {
  releases: ({ releases: _, ...rest }) => rest,
  'a release': document => ({ ...document, releases: withoutFirst(document.releases) }),
  'the cluster': ({ releases: _, namespaces: _2, cluster: _3, nodePools: _4, ...rest }) => rest,
  'a namespace': document => withoutNamespace(document, 'plain'),
  'a pool': document => ({ ...document, nodePools: withoutFirst(document.nodePools) }),
  'the database': ({ database: _, ...rest }) => ({ ...rest, releases: unbacked(rest.releases) }),
  'a database and its users': ({ database, ...rest }) => {
    const { databases: _, users: _2, ...instance } = (database ?? {}) as Section
    return { ...rest, ...(database === undefined ? {} : { database: instance }) }
  },
  'all secrets': ({ secrets: _, ...rest }) => rest,
  accounts: ({ serviceAccounts: _, ...rest }) => rest,
}

const withoutFirst = (section: unknown): Section | undefined =>
  section === undefined ? undefined : Object.fromEntries(Object.entries(section as Section).slice(1))

const unbacked = (releases: unknown): Section | undefined =>
  releases === undefined
    ? undefined
    : Object.fromEntries(
        Object.entries(releases as Readonly<Record<string, Section>>).map(
          ([name, { backupBefore: _, ...rest }]) => [name, rest],
        ),
      )

const withoutNamespace = (document: Document, name: string): Document => {
  const { [name]: _, ...namespaces } = (document.namespaces ?? {}) as Section
  const releases = Object.entries((document.releases ?? {}) as Readonly<Record<string, Section>>)
  if (document.namespaces === undefined) return document
  return {
    ...document,
    namespaces,
    releases: Object.fromEntries(releases.filter(([, one]) => one.namespace !== name)),
  }
}

const unprotected = (document: Document): Document =>
  document.database === undefined
    ? document
    : { ...document, database: { ...(document.database as Section), deletionProtection: false } }

const addressesOf = (document: Document): readonly string[] => {
  try {
    return subjectOf(textOf(document)).resources.map(({ address }) => address)
  } catch {
    return []
  }
}

const holdsData = (address: string): boolean =>
  kindsByName.get(address.slice(0, address.indexOf('/')))?.holdsData === true

/** Names what the file no longer has. */
const deleting = (before: Document, after: Document, forgotten: number): Document => {
  const wanted = new Set(addressesOf(after))
  const left = addressesOf(before).filter(address => !wanted.has(address) && holdsData(address))
  const named = forgotten === 0 ? left : left.slice(forgotten)
  return named.length === 0 ? after : { ...after, delete: named }
}

/**
 * Removals in two steps: protection is switched off, then parts leave the file and stand under `delete`. Of ten, two forget
 * to name something, or to switch protection off; these must be refused.
 */
export const removals: fc.Arbitrary<Removal> = fc
  .tuple(
    everyKind,
    some(Object.keys(parts), 1),
    fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
    fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: flag }),
  )
  .map(([{ delete: _, ...from }, chosen, forgotten, both]) => {
    const open = both ? unprotected(from) : from
    const to = chosen.reduce((document, part) => defined(parts[part]?.(document) ?? document), open)
    return [from, open, deleting(open, to, forgotten)]
  })
