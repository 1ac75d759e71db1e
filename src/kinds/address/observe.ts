import type { Observed, Resource } from '../../core/resource.ts'
import type { GcpReader } from '../../gcp/port.ts'
import { text } from '../kind.ts'
import { type Marks, marksOf } from '../shared/identity.ts'
import { labelSpecOf, markOf } from '../shared/labels.ts'
import { observeGroups } from '../shared/observe-groups.ts'
import { unknown, unseen } from '../shared/unseen.ts'
import { type AddressFacts, type Found, listAddresses } from './api.ts'

/** Looks at addresses: one list a project, all regions. */
export const observeAddresses = (resources: readonly Resource[], gcp: GcpReader) =>
  observeGroups(resources, {
    group: ({ spec }) => text(spec, 'project'),
    read: ({ spec }) => listAddresses(gcp, text(spec, 'project')),
    one,
    missed: ({ address, spec }, error) =>
      unseen(error, {
        address,
        project: text(spec, 'project'),
        permission: 'compute.addresses.list',
        role: 'roles/compute.viewer',
      }),
  })

/** Marked addresses of a project, all regions. @throws GcpError */
export const addressMarks = async (
  gcp: GcpReader,
  project: string,
  identityOf: (project: string, region: string, name: string) => string,
): Promise<Marks> =>
  marksOf(
    (await listAddresses(gcp, project)).addresses,
    ([path]) => {
      const [, region = '', name = ''] = path.split('/')
      return identityOf(project, region, name)
    },
    ([, { labels }]) => markOf(labels),
  )

const one = (resource: Resource, { addresses, unseen: places }: Found): Observed => {
  const scope = `regions/${text(resource.spec, 'region')}`
  const found = addresses.get(`${scope}/${text(resource.spec, 'name')}`)
  if (found !== undefined) return present(resource, found)
  const why = places.get(scope)
  if (why === undefined) return { state: 'absent' }
  return unknown(
    `${resource.address} cannot be seen: compute could not look into ${scope} ("${why}").`,
    'Plan again in a few minutes; https://status.cloud.google.com says more.',
  )
}

const present = ({ spec }: Resource, found: AddressFacts): Observed => {
  const mark = markOf(found.labels)
  const { address, networkTier, description = '', status, users = [] } = found
  return {
    state: 'present',
    spec: {
      project: text(spec, 'project'),
      region: text(spec, 'region'),
      name: text(spec, 'name'),
      type: found.addressType ?? 'EXTERNAL',
      ...(networkTier === undefined ? {} : { tier: networkTier }),
      ...(description === '' ? {} : { description }),
      ...labelSpecOf(found.labels),
    },
    outputs: address === undefined ? {} : { address },
    mark,
    ...(status === 'RESERVING' ? { settling: 'being reserved' } : {}),
    ...(users.length === 0 ? {} : { about: `used by ${users.map(shortLink).join(', ')}` }),
  }
}

/** `forwardingRules/a1b2` of a link of any host. */
export const shortLink = (link: string): string => link.split('/').slice(-2).join('/')
