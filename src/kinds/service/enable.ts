import type { Outputs } from '../../core/reference.ts'
import type { Address } from '../../core/resource.ts'
import { type Gcp, GcpError } from '../../gcp/port.ts'
import { text, type Work } from '../kind.ts'
import { understood } from '../shared/understood.ts'
import { batchSize, enabledServices, operationSchema, servicesPath } from './api.ts'

/** Seconds that a service may take to be listed as on after its operation has ended. */
const patience = 300

/** Switches services on, those of one project together; the ones that are on are left alone. @throws GcpError */
export const enableServices = async (
  works: readonly Work[],
  gcp: Gcp,
): Promise<ReadonlyMap<Address, Outputs>> => {
  for (const [project, members] of Map.groupBy(works, ({ spec }) => text(spec, 'project')))
    await enableIn(project, members, gcp)
  return new Map(works.map(({ address }) => [address, {}]))
}

const enableIn = (project: string, works: readonly Work[], gcp: Gcp): Promise<void> =>
  enableByName(
    project,
    works.map(({ spec }) => text(spec, 'service')),
    gcp,
    (done, all) => {
      for (const { signal } of works) signal.throwIfAborted()
      for (const { progress } of works) progress(`${done} of ${all} are on`)
    },
  )

/**
 * Switches services of a project on, and waits until they are listed; the ones that are on are left alone. `onBatch` is
 * called before each call that switches some. @throws GcpError
 */
export const enableByName = async (
  project: string,
  wanted: readonly string[],
  gcp: Gcp,
  onBatch: (done: number, all: number) => void = () => undefined,
): Promise<void> => {
  const before = await enabledServices(gcp, project)
  const missing = wanted.filter(service => !before.has(service))
  for (let start = 0; start < missing.length; start += batchSize) {
    onBatch(start, missing.length)
    await enableBatch(project, missing.slice(start, start + batchSize), gcp)
  }
  if (missing.length > 0)
    await gcp.until(`services of project ${project} to be on: ${missing.join(', ')}`, patience, async () => {
      const enabled = await enabledServices(gcp, project)
      return wanted.every(service => enabled.has(service)) ? true : undefined
    })
  // Even one that was on already: a run that was stopped may have switched it on a moment ago.
  for (const service of wanted) gcp.enabled(service)
}

const enableBatch = async (project: string, serviceIds: readonly string[], gcp: Gcp): Promise<void> => {
  const answer = await gcp.write<unknown>({
    method: 'POST',
    api: 'serviceusage',
    path: `${servicesPath(project)}:batchEnable`,
    body: { serviceIds },
    waitOut: isTurnTaken,
    lookUp: async () => {
      const enabled = await enabledServices(gcp, project)
      return serviceIds.every(service => enabled.has(service)) ? { name: '', done: true } : undefined
    },
  })
  const { name, done, error } = understood(operationSchema, answer, 'serviceusage', 'an operation')
  if (error !== undefined) throw notEnabled(project, serviceIds, error.message ?? 'no reason given')
  // The name of an operation that had nothing to do (`operations/noop.DONE_OPERATION`) cannot be polled.
  if (done !== true && !name.endsWith('DONE_OPERATION')) await gcp.wait('serviceusage', `/v1/${name}`)
}

/** Service Usage lets one switch at a time through. */
const isTurnTaken = ({ failure, answer }: GcpError): boolean =>
  failure === 'invalid' && /activation or deactivation is in progress/i.test(answer)

const notEnabled = (project: string, services: readonly string[], answer: string): GcpError =>
  new GcpError(`${services.join(', ')} could not be switched on in project ${project}: ${answer}`, {
    api: 'serviceusage',
    failure: 'other',
    status: 200,
    reason: '',
    answer,
    advice: 'Mend what the answer names (often: link a billing account) and run again.',
  })
