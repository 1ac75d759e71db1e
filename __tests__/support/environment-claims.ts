import fc from 'fast-check'
import { some } from './draw.ts'

type Section = Readonly<Record<string, unknown>>

const has = (document: Section, section: string, name: string): boolean =>
  Object.hasOwn((document[section] ?? {}) as Section, name)

/** What an environment can leave to somebody else, since nothing in it needs a value of it. */
const usable = (document: Section): readonly string[] => {
  const inCluster = document.namespaces !== undefined
  return [
    ...(has(document, 'serviceAccounts', 'other') ? ['service-account/other'] : []),
    ...(has(document, 'addresses', 'grpc') && !inCluster ? ['address/grpc'] : []),
    ...(has(document, 'secrets', 'login') && !inCluster ? ['secret/login'] : []),
    'service/compute',
  ]
}

/** What may be deleted, were it there; what the file still wants among it is kept, with a note. */
const deletable = ['sql-instance/old', 'release/old', 'secret/login', 'sql-user/report']

/** The same, with some of it left to somebody else (`use`), and with addresses under `delete`. */
export const claimed = <T extends Section>(document: T): fc.Arbitrary<T> =>
  fc
    .record({
      use: fc.oneof(
        { weight: 2, arbitrary: fc.constant<string[]>([]) },
        { weight: 1, arbitrary: some(usable(document), 1) },
      ),
      delete: fc.oneof(
        { weight: 2, arbitrary: fc.constant<string[]>([]) },
        { weight: 1, arbitrary: some(deletable, 1) },
      ),
    })
    .map(lists => ({ ...document, ...kept(lists) }))

const kept = (lists: Readonly<Record<string, readonly string[]>>): Section =>
  Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0))
