import { defineKind, text } from '../kind.ts'
import { bareResource, partsOf } from '../shared/identity.ts'
import { enableServices } from './enable.ts'
import { observeServices } from './observe.ts'
import { serviceRules } from './rules.ts'
import { type ServiceSettings, serviceSettings } from './schema.ts'

const identityOf = (project: string, host: string): string =>
  `//serviceusage.googleapis.com/projects/${project}/services/${host}`

/** A Google API that is on in a project. Never switched off: others may need it too. */
export const service = defineKind<ServiceSettings>({
  kind: 'service',
  schema: serviceSettings,
  rules: serviceRules,
  holdsData: false,
  takes: [10, 60],
  reads: ['GET serviceusage /v1/projects/{}/services'],
  resource: ({ name, scope: { project }, sources }) => {
    const host = name.includes('.') ? name : `${name}.googleapis.com`
    return {
      kind: 'service',
      name,
      address: `service/${name}`,
      identity: identityOf(project, host),
      spec: { service: host, project },
      dependsOn: [],
      sources,
    }
  },
  observe: (resources, { gcp }) => observeServices(resources, gcp),
  named: identity => {
    const parts = partsOf(identityOf('{project}', '{service}'), identity)
    return parts && bareResource('service', parts.service ?? '', identity, parts)
  },
  lane: spec => `services of ${text(spec, 'project')}`,
  batch: spec => `services of ${text(spec, 'project')}`,
  create: (works, { gcp }) => enableServices(works, gcp),
  update: (works, { gcp }) => enableServices(works, gcp),
})
