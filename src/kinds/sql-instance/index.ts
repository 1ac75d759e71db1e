import { defineKind } from '../kind.ts'
import { each } from '../shared/calls.ts'
import { bareResource, marksOf, partsOf } from '../shared/identity.ts'
import {
  instanceIdentity,
  instancesRead,
  instanceTemplate,
  listInstances,
  sqlLane,
} from '../shared/sql/instances.ts'
import { instanceMark } from './api.ts'
import { observeAll, placeOf } from './observe.ts'
import { instanceResource, kind } from './resource.ts'
import { sqlInstanceRules } from './rules.ts'
import { type SqlInstanceSettings, sqlInstanceSchema } from './schema.ts'
import { createInstance, removeInstance, settleInstance, updateInstance } from './write.ts'

/** A Cloud SQL for PostgreSQL instance (sqladmin v1). */
export const sqlInstance = defineKind<SqlInstanceSettings>({
  kind,
  schema: sqlInstanceSchema,
  rules: sqlInstanceRules,
  holdsData: true,
  protection: 'deletionProtection',
  takes: [300, 900],
  reads: [instancesRead],
  resource: instanceResource,
  placeholders: { connectionName: 'project:region:instance', ip: '192.0.2.1', privateIp: '192.0.2.2' },
  observe: (resources, { gcp }) => observeAll(resources, gcp),
  named: identity => {
    const parts = partsOf(instanceTemplate, identity)
    return parts && bareResource(kind, parts.name ?? '', identity, parts)
  },
  marks: async (project, { gcp }) =>
    marksOf(
      (await listInstances(gcp, project)).instances,
      ({ name }) => instanceIdentity({ project, name }),
      instanceMark,
    ),
  lane: spec => sqlLane(placeOf(spec)),
  create: (works, { gcp }) => each(works, work => createInstance(work, gcp)),
  update: (works, { gcp }) => each(works, work => updateInstance(work, gcp)),
  settle: (works, { gcp }) => each(works, work => settleInstance(work, gcp)),
  remove: async (works, { gcp }) => {
    await each(works, work => removeInstance(work, gcp))
  },
})
