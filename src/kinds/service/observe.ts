import type { Observed, Resource } from '../../core/resource.ts'
import { GcpError, type GcpReader } from '../../gcp/port.ts'
import { text } from '../kind.ts'
import { observeGroups } from '../shared/observe-groups.ts'
import { unknown, unseen } from '../shared/unseen.ts'
import { enabledServices } from './api.ts'

/** Looks which services are on: one list a project. */
export const observeServices = (resources: readonly Resource[], gcp: GcpReader) =>
  observeGroups(resources, {
    group: ({ spec }) => text(spec, 'project'),
    read: ({ spec }) => enabledServices(gcp, text(spec, 'project')),
    one: ({ spec }, enabled): Observed =>
      enabled.has(text(spec, 'service'))
        ? {
            state: 'present',
            spec: { service: text(spec, 'service'), project: text(spec, 'project') },
            outputs: {},
          }
        : { state: 'absent' },
    missed,
  })

const missed = ({ address, spec }: Resource, error: unknown): Observed => {
  const project = text(spec, 'project')
  if (error instanceof GcpError && error.failure === 'disabled')
    return switchedOff(address, project, error.answer)
  return unseen(error, {
    address,
    project,
    permission: 'serviceusage.services.list',
    role: 'roles/serviceusage.serviceUsageViewer',
  })
}

/** The API that switches APIs on cannot switch itself on. */
const switchedOff = (address: string, project: string, answer: string): Observed =>
  unknown(
    `${address} cannot be seen: the Service Usage API is off in project ${project}. It answered "${answer}".`,
    `Switch it on by hand, once: open https://console.cloud.google.com/apis/library/serviceusage.googleapis.com?project=${project} and press Enable, or run: gcloud services enable serviceusage.googleapis.com cloudresourcemanager.googleapis.com --project ${project}. It takes a few minutes to take effect.`,
  )
