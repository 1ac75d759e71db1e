import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../core/json.ts'

/** A folder for one run of helm. */
export interface Workshop {
  readonly folder: string
  /** Path of the values, mode 0600. */
  readonly values: string
  /** The whole environment that helm gets. */
  readonly environment: Readonly<Record<string, string>>
}

/** A workshop that its maker tidies up: no credentials, no kubeconfig, no plugins, homes of its own. */
export const openWorkshop = (
  folder: string,
  values: JsonObject,
  extra: Readonly<Record<string, string>>,
): Workshop => {
  const home = join(folder, `helm-${randomUUID()}`)
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const path = join(home, 'values.json')
  writeFileSync(path, JSON.stringify(values), { mode: 0o600 })
  return { folder: home, values: path, environment: { ...environmentIn(home), ...extra } }
}

/** Gives `work` a workshop of its own, which is gone afterwards. */
export const inWorkshop = async <T>(
  folder: string,
  values: JsonObject,
  extra: Readonly<Record<string, string>>,
  work: (workshop: Workshop) => Promise<T>,
): Promise<T> => {
  const workshop = openWorkshop(folder, values, extra)
  try {
    return await work(workshop)
  } finally {
    rmSync(workshop.folder, { recursive: true, force: true })
  }
}

const environmentIn = (home: string): Record<string, string> => ({
  PATH: '/usr/bin:/bin',
  HOME: home,
  TMPDIR: home,
  HELM_CACHE_HOME: join(home, 'cache'),
  HELM_CONFIG_HOME: join(home, 'config'),
  HELM_DATA_HOME: join(home, 'data'),
  HELM_PLUGINS: join(home, 'plugins'),
  HELM_NO_PLUGINS: '1',
  HELM_DRIVER: 'secret',
  NO_COLOR: '1',
})
