import { type ApiName, apis } from './apis.ts'
import type { Clock } from './clock.ts'

/** Counts requests a minute for each API and project. */
export interface Quota {
  /** Counts one request; false when it is one too many in this minute. */
  readonly admit: (api: ApiName, project: string) => boolean
}

/** Counters with the default limits; they start again at the turn of each minute of the clock. */
export function createQuota(clock: Clock): Quota {
  const counts = new Map<string, number>()
  let minute = 0
  return {
    admit(api, project) {
      const current = Math.floor(clock.now() / 60_000)
      if (current !== minute) counts.clear()
      minute = current
      const key = `${api} ${project}`
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      return count <= apis[api].perMinute
    },
  }
}
