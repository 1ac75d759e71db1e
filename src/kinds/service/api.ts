import { z } from 'zod'
import type { GcpReader } from '../../gcp/port.ts'
import { understood } from '../shared/understood.ts'

const servicesSchema = z.array(z.object({ name: z.string(), state: z.string().optional() }))

/** What `batchEnable` answers with (google.longrunning); `done` at once if all were on. */
export const operationSchema = z.object({
  name: z.string(),
  done: z.boolean().optional(),
  error: z.object({ message: z.string().optional() }).optional(),
})

/** serviceusage v1, batchEnable: at most this many services a call, all or nothing. */
export const batchSize = 20

/** Where the services of a project are. */
export const servicesPath = (project: string): string => `/v1/projects/${project}/services`

/**
 * The services that are on in a project, as `container.googleapis.com` (serviceusage v1, services.list; without
 * `config`, which makes pages big). @throws GcpError
 */
export const enabledServices = async (gcp: GcpReader, project: string): Promise<ReadonlySet<string>> => {
  const found = await gcp.list('serviceusage', servicesPath(project), 'services', {
    filter: 'state:ENABLED',
    pageSize: 200,
    fields: 'services(name,state),nextPageToken',
  })
  const services = understood(servicesSchema, found, 'serviceusage', `the services of project ${project}`)
  const on = services.filter(({ state }) => state === undefined || state === 'ENABLED')
  return new Set(on.map(({ name }) => name.slice(name.lastIndexOf('/') + 1)))
}
