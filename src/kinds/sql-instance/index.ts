import { SlipwayError } from '../../core/problem.ts'
import type { Outputs } from '../../core/reference.ts'
import { afresh } from '../../gcp/container/afresh.ts'
import { objectOf } from '../../gcp/container/codecs.ts'
import { inTurn } from '../../gcp/container/in-turn.ts'
import {
  type ApiInstance,
  awaitRunningSql,
  instanceAtRest,
  instancesRead,
  readInstance,
  runSql,
  sqlLane,
} from '../../gcp/container/sql-instances.ts'
import type { Query } from '../../gcp/port.ts'
import { type ApplyingPorts, defineKind, type Work } from '../kind.ts'
import { instanceBody, instanceMark, instanceOutputs } from './api.ts'
import { patchBody, phasesOf } from './calls.ts'
import { observeInstances, placeOf } from './observe.ts'
import { instanceResource, kind } from './resource.ts'
import { sqlInstanceRules } from './rules.ts'
import { type SqlInstanceSettings, sqlInstanceSchema } from './schema.ts'

export { checkTier } from './tiers.ts'

const create = async (work: Work, { gcp }: ApplyingPorts): Promise<Outputs> => {
  const place = placeOf(work.spec)
  const existing = await readInstance(gcp, place)
  if (existing === undefined) {
    work.signal.throwIfAborted()
    const path = `/v1/projects/${place.project}/instances`
    const body = instanceBody(work.spec, place.name)
    const done = async () => (await readInstance(gcp, place)) !== undefined
    await runSql(gcp, place, { method: 'POST', path, body, done }, work.progress)
  } else {
    mustBeOurs(work, existing)
    await awaitRunningSql(gcp, place, work.progress)
  }
  return instanceOutputs(await instanceAtRest(gcp, place))
}

const mustBeOurs = ({ identity, environment }: Work, instance: ApiInstance): void => {
  const mark = instanceMark(instance)
  if (mark === environment) return
  const owner = mark === null ? 'bears no mark of Slipway' : `belongs to environment ${mark}`
  throw new SlipwayError(`${identity} exists already and ${owner}`, {
    advice: 'Plan again: it will be shown as one to adopt, or give this one another name.',
  })
}

/** One PATCH a phase, each from the instance as it is just before. */
const update = async (work: Work, { gcp }: ApplyingPorts): Promise<Outputs> => {
  const place = placeOf(work.spec)
  await awaitRunningSql(gcp, place, work.progress)
  for (const phase of phasesOf(work.changes)) {
    await afresh(async () => {
      const live = await instanceAtRest(gcp, place)
      work.signal.throwIfAborted()
      await runSql(gcp, place, { method: 'PATCH', body: patchBody(live, phase) }, work.progress)
    })
  }
  return instanceOutputs(await instanceAtRest(gcp, place))
}

const settle = async (work: Work, { gcp }: ApplyingPorts): Promise<Outputs> => {
  const place = placeOf(work.spec)
  await awaitRunningSql(gcp, place, work.progress)
  return instanceOutputs(await instanceAtRest(gcp, place))
}

/** Deletes an instance for a step of a plan, with a final backup where the spec keeps one. */
const remove = async (work: Work, { gcp }: ApplyingPorts): Promise<void> => {
  const place = placeOf(work.spec)
  await awaitRunningSql(gcp, place, work.progress)
  const existing = await readInstance(gcp, place)
  if (existing === undefined) return
  if (instanceMark(existing) !== null) mustBeOurs(work, existing)
  if (objectOf(existing.settings).deletionProtectionEnabled === true)
    throw new SlipwayError(`${work.identity} is protected against deletion`, {
      advice:
        'Say `deletionProtection: false` in a pull request of its own first, and delete it in the next.',
    })
  work.signal.throwIfAborted()
  const done = async () => (await readInstance(gcp, place)) === undefined
  await runSql(gcp, place, { method: 'DELETE', query: finalBackupOf(work), done }, work.progress)
}

const finalBackupOf = ({ spec, environment }: Work): Query => {
  const days = spec.finalBackupDays
  if (typeof days !== 'number' || days === 0) return {}
  return {
    enableFinalBackup: true,
    finalBackupTtlDays: days,
    finalBackupDescription: `last state of ${environment}`,
  }
}

/** A Cloud SQL for PostgreSQL instance (sqladmin v1). */
export const sqlInstance = defineKind<SqlInstanceSettings>({
  kind,
  schema: sqlInstanceSchema,
  rules: sqlInstanceRules,
  holdsData: true,
  takes: [300, 900],
  reads: [instancesRead],
  resource: instanceResource,
  placeholders: { connectionName: 'project:region:instance', ip: '192.0.2.1', privateIp: '192.0.2.2' },
  observe: (resources, { gcp }) => observeInstances(resources, gcp),
  lane: spec => sqlLane(placeOf(spec)),
  create: (works, ports) => inTurn(works, work => create(work, ports)),
  update: (works, ports) => inTurn(works, work => update(work, ports)),
  settle: (works, ports) => inTurn(works, work => settle(work, ports)),
  remove: async (works, ports) => {
    await inTurn(works, work => remove(work, ports))
  },
})
