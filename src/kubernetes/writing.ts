import type { JsonObject } from '../core/json.ts'
import type { Kubernetes } from './port.ts'
import { absentAs, createReading, objectIn } from './reading.ts'
import type { Call, Transport } from './transport.ts'

/** The field manager under which Slipway itself writes. */
export const fieldManager = 'slipway'

const dryRun = (on: boolean | undefined): Record<string, string> => (on === true ? { dryRun: 'All' } : {})

/** Reads without memory, and writes, over a transport. */
export const createWriting = (transport: Transport): Kubernetes => {
  const write = async (call: Omit<Call, 'body'> & { readonly body: JsonObject }): Promise<JsonObject> =>
    objectIn(
      call.path,
      await transport({ contentType: 'application/json', ...call, body: JSON.stringify(call.body) }),
    )
  return {
    ...createReading(transport),
    apply: (path, object, { force = false, dryRun: dry, manager = fieldManager } = {}) =>
      write({
        method: 'PATCH',
        path,
        query: { fieldManager: manager, force: String(force), fieldValidation: 'Strict', ...dryRun(dry) },
        contentType: 'application/apply-patch+yaml',
        body: object,
        repeatable: true,
      }),
    create: (path, object, { dryRun: dry } = {}) =>
      write({
        method: 'POST',
        path,
        query: { fieldManager, ...dryRun(dry) },
        body: object,
        repeatable: dry === true,
      }),
    merge: (path, patch) =>
      write({
        method: 'PATCH',
        path,
        query: { fieldManager },
        contentType: 'application/merge-patch+json',
        body: patch,
        repeatable:
          patch.metadata === undefined || !JSON.stringify(patch.metadata).includes('resourceVersion'),
      }),
    replace: (path, object) =>
      write({ method: 'PUT', path, query: { fieldManager }, body: object, repeatable: false }),
    remove: (path, { resourceVersion, uid, propagation } = {}) =>
      absentAs(false, async () => {
        const preconditions = {
          ...(uid === undefined ? {} : { uid }),
          ...(resourceVersion === undefined ? {} : { resourceVersion }),
        }
        const body = {
          ...(Object.keys(preconditions).length === 0 ? {} : { preconditions }),
          ...(propagation === undefined ? {} : { propagationPolicy: propagation }),
        }
        await write({ method: 'DELETE', path, body, repeatable: true })
        return true
      }),
    log: (namespace, pod, container, lines, previous) =>
      transport({
        method: 'GET',
        path: `/api/v1/namespaces/${namespace}/pods/${pod}/log`,
        query: { container, tailLines: String(lines), ...(previous ? { previous: 'true' } : {}) },
        accept: '*/*',
        repeatable: true,
      }),
  }
}
