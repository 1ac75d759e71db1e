import { isObject } from '../../core/json.ts'
import { type Codec, listOf, objectOf } from '../shared/codecs.ts'

/** {day, hour, track?} ↔ MaintenanceWindow; day 0 is "any", that is none. */
export const maintenanceWindow: Codec = {
  toApi: value => {
    const { day = 0, hour = 0, track } = objectOf(value)
    return { day, hour, ...(track === undefined ? {} : { updateTrack: track }) }
  },
  fromApi: value => {
    const { day = 0, hour = 0, updateTrack } = objectOf(value)
    if (day === 0) return undefined
    return { day, hour, ...(updateTrack === undefined ? {} : { track: updateTrack }) }
  },
}

/** {start, end, time} ↔ the one DenyMaintenancePeriod that an instance can have. */
export const denyMaintenance: Codec = {
  toApi: value => {
    const { start = '', end = '', time = '' } = objectOf(value)
    return [{ startDate: start, endDate: end, time }]
  },
  fromApi: value => {
    const first = listOf(value).find(isObject)
    if (first === undefined) return undefined
    return { start: first.startDate ?? '', end: first.endDate ?? '', time: first.time ?? '' }
  },
}

/** Days ↔ FinalBackupConfig; 0 days: none. */
export const finalBackup: Codec = {
  toApi: value => (value === 0 ? { enabled: false } : { enabled: true, retentionDays: value }),
  fromApi: value => {
    const { enabled, retentionDays } = objectOf(value)
    return enabled === true ? (retentionDays ?? 0) : 0
  },
}

/** A count ↔ BackupRetentionSettings. */
export const retained: Codec = {
  toApi: value => ({ retainedBackups: value, retentionUnit: 'COUNT' }),
  fromApi: value => objectOf(value).retainedBackups,
}
