import type { AuditEntry } from '../../src/emulator/kubernetes/handler.ts'

/** A write in a cluster in words: `configmaps/NAME`. */
const said = ({ resource, name }: AuditEntry): string => `${resource}/${name}`

/** Records of helm, of which every attempt makes one, and Leases: taken away last, one is made again to see that all is gone. */
const comesAgain = ({ resource, name }: AuditEntry): boolean =>
  resource === 'leases' || (resource === 'secrets' && name.startsWith('sh.helm.release.'))

/**
 * What runs, the first of which was struck, did in a cluster and should not have: deleted what an undisturbed run does not,
 * or something twice, or made something twice. What such a run makes and deletes again, as the Jobs of hooks, may come and
 * go at every attempt. Of both only the writes that were taken count. Names are in the addresses of writes, but for some that
 * are made with POST.
 */
export const doneTwice = (calm: readonly AuditEntry[], writes: readonly AuditEntry[]): readonly string[] => {
  const [wanted, passing] = [deletedIn(calm), new Set(madeIn(calm))]
  const isLasting = (one: string): boolean => !(passing.has(one) && wanted.includes(one))
  const lasting = writes.filter(entry => isLasting(said(entry)))
  const [deleted, made] = [deletedIn(lasting), madeIn(lasting)]
  return [
    ...deleted.filter(one => !wanted.includes(one)).map(one => `deleted: ${one}`),
    ...repeated(deleted).map(one => `deleted twice: ${one}`),
    ...repeated(made).map(one => `made twice: ${one}`),
  ]
}

const deletedIn = (writes: readonly AuditEntry[]): readonly string[] =>
  writes.filter(entry => entry.verb.startsWith('delete') && !comesAgain(entry)).map(said)

const madeIn = (writes: readonly AuditEntry[]): readonly string[] =>
  writes.filter(entry => entry.code === 201 && entry.name !== '' && !comesAgain(entry)).map(said)

const repeated = (all: readonly string[]): readonly string[] =>
  all.filter((one, index) => all.indexOf(one) !== index)
