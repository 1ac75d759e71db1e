import { notFound } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { OperationRecord } from '../operations.ts'
import type { Call } from '../route.ts'

/** google.rpc codes by name, for `error.code` of a failed operation. */
const rpcCodes: Readonly<Record<string, number>> = {
  FAILED_PRECONDITION: 9,
  INTERNAL: 13,
  RESOURCE_EXHAUSTED: 8,
}

/** The answer for services that are all enabled already: done at once, under a name that cannot be polled. */
export const alreadyDone = (response: JsonObject): JsonObject => ({
  name: 'operations/noop.DONE_OPERATION',
  done: true,
  response,
})

/** Starts an operation on `services` and answers with its name. */
export function pending(
  { world, project, identity, failure }: Call,
  type: 'enable' | 'disable',
  services: readonly string[],
  apply: () => void,
): JsonObject {
  const record = world.operations.start({
    name: `acf.p2-${project.number}-${world.ids.uuid()}`,
    family: 'serviceusage',
    type,
    project: project.id,
    scope: '',
    target: services.join(','),
    parent: `services/${project.id}`,
    user: identity.email,
    failure,
    apply,
  })
  return { name: `operations/${record.name}`, metadata: metadata(record, project.number) }
}

const metadata = (record: OperationRecord, number: string): JsonObject => ({
  '@type': 'type.googleapis.com/google.api.serviceusage.v1.OperationMetadata',
  resourceNames: record.target.split(',').map(service => `projects/${number}/services/${service}`),
})

/** serviceusage v1, operations.get. `response` makes the answer of one that ended well. */
export function operationView(
  call: Call,
  id: string,
  response: (record: OperationRecord) => JsonObject,
): JsonObject {
  const record = call.world.operations.get(id)
  if (record === undefined || record.family !== 'serviceusage') throw notFound(`Operation not found: ${id}.`)
  const number = call.world.store.find(record.project)?.number ?? ''
  const base = { name: `operations/${id}`, metadata: metadata(record, number) }
  if (!record.done) return base
  if (record.failure === undefined) return { ...base, done: true, response: response(record) }
  const { code, message } = record.failure
  return { ...base, done: true, error: { code: rpcCodes[code] ?? 13, message } }
}
