import { z } from 'zod'
import type { JsonObject } from '../../core/json.ts'
import type { GcpReader } from '../../gcp/port.ts'
import { text } from '../kind.ts'
import { understood } from '../shared/understood.ts'

/** The slice of compute v1, Address, that is read. */
const addressSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string().optional(),
  address: z.string().optional(),
  addressType: z.string().optional(),
  networkTier: z.string().optional(),
  description: z.string().optional(),
  users: z.array(z.string()).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  labelFingerprint: z.string().optional(),
})

/** An address as Compute Engine shows it. */
export type AddressFacts = z.infer<typeof addressSchema>

/** One page of compute v1, addresses.aggregatedList: a map of scopes, each with addresses or a warning. */
const pageSchema = z.object({
  items: z
    .record(
      z.string(),
      z.object({
        addresses: z.array(addressSchema).optional(),
        warning: z.object({ code: z.string().optional(), message: z.string().optional() }).optional(),
      }),
    )
    .optional(),
  unreachables: z.array(z.string()).optional(),
  nextPageToken: z.string().optional(),
})

/** The addresses of a project. */
export interface Found {
  /** By `regions/R/NAME`. */
  readonly addresses: ReadonlyMap<string, AddressFacts>
  /** Scopes (`regions/R`) that Google could not look into, with what it said. */
  readonly unseen: ReadonlyMap<string, string>
}

/** The collection that a spec's address is in. */
export const collectionPath = (spec: JsonObject): string =>
  `/compute/v1/projects/${text(spec, 'project')}/regions/${text(spec, 'region')}`

/** Where a spec's address is. */
export const addressPath = (spec: JsonObject): string =>
  `${collectionPath(spec)}/addresses/${text(spec, 'name')}`

/**
 * All addresses of a project, every region (compute v1, addresses.aggregatedList). An empty scope carries the warning
 * NO_RESULTS_ON_PAGE, which is none; any other means that something may be missing. @throws GcpError
 */
export const listAddresses = async (gcp: GcpReader, project: string): Promise<Found> => {
  const addresses = new Map<string, AddressFacts>()
  const unseen = new Map<string, string>()
  let pageToken: string | undefined
  do {
    const raw = await gcp.get('compute', `/compute/v1/projects/${project}/aggregated/addresses`, {
      maxResults: 500,
      pageToken,
    })
    const page = understood(pageSchema, raw, 'compute', `the addresses of project ${project}`)
    for (const [scope, { addresses: members = [], warning }] of Object.entries(page.items ?? {})) {
      for (const member of members) addresses.set(`${scope}/${member.name}`, member)
      if (warning !== undefined && warning.code !== 'NO_RESULTS_ON_PAGE')
        unseen.set(scope, warning.message ?? warning.code ?? 'no reason given')
    }
    for (const place of page.unreachables ?? [])
      unseen.set(place.replace(/^.*(?=regions\/)/, ''), 'unreachable')
    pageToken = page.nextPageToken || undefined
  } while (pageToken !== undefined)
  return { addresses, unseen }
}

/** One address (compute v1, addresses.get). @throws GcpError */
export const getAddress = async (gcp: GcpReader, path: string): Promise<AddressFacts> =>
  understood(addressSchema, await gcp.get('compute', path), 'compute', path)
