import { gunzipSync } from 'node:zlib'
import { type JsonObject, valueAt } from '../../../src/core/json.ts'
import { helm3 } from './build.ts'
import { type ByHand, installByHand } from './helm.ts'
import { listIn } from './looks.ts'
import type { World } from './world.ts'

/**
 * Installs a release with the real Helm 3, as somebody did before there was Helm 4. @throws Error unless what is there is
 * what Helm 3 leaves: its objects are its own by updates, not by server-side apply, and its record does not know how it applied.
 */
export const installByHelm3 = async (world: World, what: ByHand): Promise<void> => {
  const say = (line: string): void => void process.stderr.write(`${line}\n`)
  await installByHand(world, { ...what, helm: await helm3(say) })
  const { admin } = world.plane
  const deployments = await admin.items(`/apis/apps/v1/namespaces/${what.release}/deployments`)
  const managers = deployments.map(managersOf)
  if (managers.length === 0 || !managers.every(each => each.includes('helm Update') && !/ Apply/.test(each)))
    throw new Error(`Helm 3 is to have updated each Deployment; they are managed so: ${managers.join('; ')}`)
  const path = `/api/v1/namespaces/${what.release}/secrets/sh.helm.release.v1.${what.release}.v1`
  const stored = String(valueAt(await admin.get(path), ['data', 'release']))
  const packed = Buffer.from(Buffer.from(stored, 'base64').toString(), 'base64')
  const record = JSON.parse(gunzipSync(packed).toString()) as JsonObject
  if ('apply_method' in record) throw new Error('the record is not one of Helm 3')
}

/** `MANAGER OPERATION` of each that owns fields of an object. */
const managersOf = (object: JsonObject): string =>
  listIn(object, 'metadata', 'managedFields')
    .map(({ manager, operation }) => `${String(manager)} ${String(operation)}`)
    .join(', ')
