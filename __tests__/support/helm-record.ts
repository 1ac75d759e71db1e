import { gunzipSync } from 'node:zlib'
import { type JsonObject, valueAt } from '../../src/core/json.ts'

/**
 * The chart of a revision, `NAME VERSION`, by `data.release` of the Secret in which helm keeps it: gzipped JSON in base64,
 * which a Secret has in base64 once more (storage format of Helm 3 and 4).
 */
export const recordedChart = (stored: string): string => {
  const packed = Buffer.from(Buffer.from(stored, 'base64').toString(), 'base64')
  const record = JSON.parse(gunzipSync(packed).toString()) as JsonObject
  const about = (key: string): string => String(valueAt(record, ['chart', 'metadata', key]))
  return `${about('name')} ${about('version')}`
}
