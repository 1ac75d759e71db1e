import type { Change } from '../../core/change.ts'
import { digestOf } from '../../core/digest.ts'
import { SlipwayError } from '../../core/problem.ts'
import type { Outputs } from '../../core/reference.ts'
import { type Gcp, GcpError } from '../../gcp/port.ts'
import { text, type Work } from '../kind.ts'
import { unlessAbsent } from '../shared/calls.ts'
import { changedLabels, labelSpecOf, labelsOf, markOf } from '../shared/labels.ts'
import { operationSchema } from '../shared/operations.ts'
import { requireNotForeign, requireOurs } from '../shared/ours.ts'
import { inTurns } from '../shared/turns.ts'
import { understood } from '../shared/understood.ts'
import { type AddressFacts, addressPath, collectionPath, getAddress } from './api.ts'
import { shortLink } from './observe.ts'
import { requestId } from './request-id.ts'
import { addressRules } from './rules.ts'

/** Seconds that reserving may take beyond its operation. */
const patience = 300

/** Reserves an address, or takes up one that is ours or half made. @throws GcpError, SlipwayError */
export const createAddress = async (work: Work, gcp: Gcp): Promise<Outputs> => {
  const path = addressPath(work.spec)
  const before = await unlessAbsent(() => getAddress(gcp, path))
  if (before === undefined) await reserve(work, gcp)
  else requireTakable(work, before)
  await reserved(gcp, path)
  // Labels cannot be set while reserving (compute v1, Address.labels: "only by the setLabels method").
  await relabel(work, gcp, wantedLabels(work))
  return outputsOf(await getAddress(gcp, path))
}

const wantedLabels = ({ spec, environment }: Work): readonly Change[] => {
  const change = (path: readonly string[], to: string): Change => ({
    path,
    to,
    effect: 'in-place',
    cause: 'file',
  })
  const labels = Object.entries(labelsOf(spec.labels))
  return [change(['mark'], environment), ...labels.map(([key, value]) => change(['labels', key], value))]
}

/** Without a mark only what a run of ours leaves behind between reserving and labelling is taken up. */
const requireTakable = (work: Work, found: AddressFacts): void => {
  const { spec } = work
  const mark = markOf(found.labels)
  const isBare = Object.keys(found.labels ?? {}).length === 0 && (found.users ?? []).length === 0
  const isSame =
    (found.addressType ?? 'EXTERNAL') === 'EXTERNAL' &&
    found.networkTier === spec.tier &&
    (found.description ?? '') === (spec.description ?? '')
  if (mark !== null || !isBare || !isSame) requireOurs(work, mark)
}

/** More forgotten addresses than this are not made in the hour for which compute remembers requests. */
const mostReplays = 20

/**
 * Sends the insert under an id that stays the same from run to run. Compute remembers it for a while even if the
 * address was deleted or its reservation failed since, and answers with the ended operation: then nothing is there,
 * and the insert goes out again under the next id, which that operation's name makes.
 */
const reserve = async (work: Work, gcp: Gcp): Promise<void> => {
  const { address, spec, identity } = work
  const path = addressPath(spec)
  let replayed = ''
  for (let number = 0; number < mostReplays; number++) {
    work.signal.throwIfAborted()
    const answer = await insert(work, gcp, requestId(identity, 'insert', digestOf(spec), replayed))
    if (answer === undefined) return requireTakable(work, await getAddress(gcp, path))
    const { name, status } = understood(operationSchema, answer, 'compute', 'an operation')
    const failure = await endOf(gcp, `${collectionPath(spec)}/operations/${name}`)
    if ((await unlessAbsent(() => getAddress(gcp, path))) !== undefined) return
    if (failure !== undefined && status !== 'DONE') throw failure
    replayed = name
  }
  throw new SlipwayError(
    `${address}: Google says again and again that it was reserved, but ${path} is not there.`,
    {
      advice: 'Run again in an hour, or give it another name.',
    },
  )
}

/** The operation that reserves it; undefined if somebody was faster. */
const insert = async ({ spec }: Work, gcp: Gcp, id: string): Promise<unknown> => {
  try {
    return await gcp.write<unknown>({
      method: 'POST',
      api: 'compute',
      path: `${collectionPath(spec)}/addresses`,
      query: { requestId: id },
      body: {
        name: text(spec, 'name'),
        addressType: 'EXTERNAL',
        networkTier: text(spec, 'tier'),
        ...(spec.description === undefined ? {} : { description: spec.description }),
      },
    })
  } catch (error) {
    if (error instanceof GcpError && error.failure === 'exists') return undefined
    throw error
  }
}

/** The error an operation ended with, if it did. One that compute no longer knows ended long ago. */
const endOf = async (gcp: Gcp, operation: string): Promise<GcpError | undefined> => {
  try {
    await gcp.wait('compute', operation)
    return undefined
  } catch (error) {
    if (error instanceof GcpError && (error.status === 200 || error.failure === 'absent')) return error
    throw error
  }
}

const reserved = (gcp: Gcp, path: string): Promise<AddressFacts> =>
  gcp.until(`${path} to be reserved`, patience, async () => {
    const found = await unlessAbsent(() => getAddress(gcp, path))
    return found === undefined || found.status === 'RESERVING' ? undefined : found
  })

/** Sets labels under their fingerprint, if they differ; foreign ones stay. */
const relabel = (work: Work, gcp: Gcp, changes: readonly Change[]): Promise<void> => {
  const { address, identity, spec } = work
  const path = addressPath(spec)
  return inTurns<AddressFacts>(gcp, work, {
    what: `the labels of ${address}`,
    rules: addressRules,
    read: () => getAddress(gcp, path),
    specOf: ({ labels }) => labelSpecOf(labels),
    turns: [
      {
        changes,
        write: async ({ id, labels = {}, labelFingerprint = '' }, due) => {
          const wanted = changedLabels(labels, due)
          const answer = await gcp.write<unknown>({
            method: 'POST',
            api: 'compute',
            path: `${path}/setLabels`,
            query: { requestId: requestId(identity, 'setLabels', id, labelFingerprint, digestOf(wanted)) },
            body: { labels: wanted, labelFingerprint },
          })
          const { name, status } = understood(operationSchema, answer, 'compute', 'an operation')
          if (status !== 'DONE') await gcp.wait('compute', `${collectionPath(spec)}/operations/${name}`)
        },
      },
    ],
  })
}

/** Makes the given changes: labels and mark, nothing else changes. @throws GcpError, SlipwayError */
export const updateAddress = async (work: Work, gcp: Gcp): Promise<Outputs> => {
  await reserved(gcp, addressPath(work.spec))
  await relabel(work, gcp, work.changes)
  return settleAddress(work, gcp)
}

/** Waits until it is reserved. @throws GcpError */
export const settleAddress = async ({ spec }: Work, gcp: Gcp): Promise<Outputs> =>
  outputsOf(await reserved(gcp, addressPath(spec)))

const outputsOf = ({ address }: AddressFacts): Outputs => (address === undefined ? {} : { address })

/** Gives an address back; one that is gone is fine, one in use is not. @throws GcpError, SlipwayError */
export const removeAddress = async (work: Work, gcp: Gcp): Promise<void> => {
  const path = addressPath(work.spec)
  const found = await unlessAbsent(() => getAddress(gcp, path))
  if (found === undefined) return
  requireNotForeign(work, markOf(found.labels))
  if (found.status === 'IN_USE' || (found.users ?? []).length > 0)
    throw inUse(work, (found.users ?? []).map(shortLink))
  work.signal.throwIfAborted()
  const query = { requestId: requestId(work.identity, 'delete', found.id) }
  const answer = await deletion(work, () =>
    gcp.write<unknown>({ method: 'DELETE', api: 'compute', path, query }),
  )
  if (answer === undefined) return
  const { name } = understood(operationSchema, answer, 'compute', 'an operation')
  await deletion(work, () => gcp.wait('compute', `${collectionPath(work.spec)}/operations/${name}`))
}

/** Somebody may have begun to use it since we looked. */
const deletion = async <T>(work: Work, send: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await unlessAbsent(send)
  } catch (error) {
    if (error instanceof GcpError && /InUse|IN_USE/i.test(`${error.reason}`))
      throw inUse(work, [error.answer], error)
    throw error
  }
}

const inUse = ({ address, identity }: Work, users: readonly string[], cause?: unknown): SlipwayError =>
  new SlipwayError(
    `${address} was not removed: ${identity} is in use by ${users.join(', ') || 'somebody'}.`,
    {
      advice:
        'Take away what uses it first (a Service of type LoadBalancer, a forwarding rule), then run again.',
      cause,
    },
  )
