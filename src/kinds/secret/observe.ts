import type { Observed, Resource } from '../../core/resource.ts'
import type { GcpReader } from '../../gcp/port.ts'
import { text } from '../kind.ts'
import { unlessAbsent } from '../shared/calls.ts'
import { labelSpecOf, markOf } from '../shared/labels.ts'
import { observeGroups } from '../shared/observe-groups.ts'
import { unknown, unseen } from '../shared/unseen.ts'
import { enabledVersions, listSecrets, type SecretFacts, secretsPath } from './api.ts'

/** Looks at secrets: one list a project, and the enabled versions of each that is there. Never at a payload. */
export const observeSecrets = (resources: readonly Resource[], gcp: GcpReader) =>
  observeGroups(resources, {
    group: ({ spec }) => text(spec, 'project'),
    read: ({ spec }) => listSecrets(gcp, text(spec, 'project')),
    one: async (resource, secrets): Promise<Observed> => {
      const secret = secrets.get(text(resource.spec, 'name'))
      return secret === undefined ? missing(resource, 'there') : look(resource, secret, gcp)
    },
    missed: (resource, error) => {
      const { address, spec } = resource
      const seen = unseen(error, {
        address,
        project: text(spec, 'project'),
        permission: 'secretmanager.secrets.list',
        role: 'roles/secretmanager.viewer',
      })
      return seen.state === 'absent' ? missing(resource, 'off', seen.assumed) : seen
    },
  })

const look = async (resource: Resource, { labels: live }: SecretFacts, gcp: GcpReader): Promise<Observed> => {
  const { spec } = resource
  const [project, name] = [text(spec, 'project'), text(spec, 'name')]
  const enabled = await unlessAbsent(() => enabledVersions(gcp, `${secretsPath(project)}/${name}`))
  const version = enabled?.at(-1)
  if (enabled === undefined) return missing(resource, 'there')
  if (version === undefined && !isGenerated(resource)) return missing(resource, 'filled')
  const mark = markOf(live)
  return {
    state: 'present',
    spec: {
      project,
      name,
      ...labelSpecOf(live),
      ...(version === undefined ? {} : { value: 'stored' }),
    },
    outputs: { name, ...(version === undefined ? {} : { version, enabled }) },
    // What its owner brought is not marked: several environments may read it.
    ...(isGenerated(resource) ? { mark } : {}),
  }
}

const isGenerated = ({ spec }: Resource): boolean => spec.generate !== undefined

/** Absent if it is ours to make; a secret that its owner brings must be there before the plan. */
const missing = (resource: Resource, lacking: 'there' | 'filled' | 'off', assumed?: string): Observed => {
  if (isGenerated(resource)) return { state: 'absent', ...(assumed === undefined ? {} : { assumed }) }
  const [project, name] = [text(resource.spec, 'project'), text(resource.spec, 'name')]
  const where = `Secret Manager of project ${project}`
  const said = {
    there: `${where} has no secret ${name}`,
    filled: `the secret ${name} in ${where} has no enabled version`,
    off: `the ${where} is switched off, so there is no secret ${name}`,
  }
  const enable = `gcloud services enable secretmanager.googleapis.com --project ${project} && `
  const make = `gcloud secrets create ${name} --project ${project} --replication-policy automatic --data-file -`
  const add = `gcloud secrets versions add ${name} --project ${project} --data-file -`
  const command = { there: make, filled: add, off: `${enable}${make}` }
  return unknown(
    `${resource.address}: ${said[lacking]}.`,
    `Make it, and give the value on standard input: ${command[lacking]}`,
  )
}
