import { gunzipSync, gzipSync } from 'node:zlib'
import { isObject, type JsonObject, valueAt } from '../../../src/core/json.ts'
import { type ByHand, installByHand } from './helm.ts'
import type { World } from './world.ts'

/**
 * Makes a release as Helm 3 leaves one. Helm 3 itself is not needed: Helm 4 with `--server-side=false` sends the same
 * three-way patches under the same field manager (`helm`, Update), and its record is that of Helm 3 once the field
 * `apply_method`, which Helm 3 does not know, is taken out and `info.deleted` is the empty text that Helm 3 writes.
 */
export const installByHelm3 = async (world: World, what: ByHand): Promise<void> => {
  await installByHand(world, { ...what, more: ['--server-side=false'] })
  const path = `/api/v1/namespaces/${what.release}/secrets/sh.helm.release.v1.${what.release}.v1`
  const stored = String(valueAt(await world.plane.admin.get(path), ['data', 'release']))
  const packed = Buffer.from(Buffer.from(stored, 'base64').toString(), 'base64')
  const { apply_method: _, info, ...record } = JSON.parse(gunzipSync(packed).toString()) as JsonObject
  const old = { ...record, info: { ...(isObject(info) ? info : {}), deleted: '' } }
  const text = gzipSync(JSON.stringify(old)).toString('base64')
  await world.plane.admin.merge(path, { data: { release: Buffer.from(text).toString('base64') } })
}
