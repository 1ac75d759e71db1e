import { expect } from '@jest/globals'
import { emulate } from './support.ts'

/** Where the instance is. */
export const base = 'sql/v1/projects/acme-ml'
/** What is asked for. */
export const instance = {
  name: 'prod',
  region: 'us-central1',
  databaseVersion: 'POSTGRES_16',
  settings: {
    tier: 'db-custom-2-7680',
    edition: 'ENTERPRISE',
    databaseFlags: [{ name: 'cloudsql.iam_authentication', value: 'on' }],
    userLabels: { env: 'prod' },
  },
}

/** An emulator in which that instance was asked for, with these settings too. */
export const created = async (settings = {}) => {
  const world = await emulate()
  const body = { ...instance, settings: { ...instance.settings, ...settings } }
  expect((await world.send(`POST ${base}/instances`, body)).status).toBe(200)
  return world
}
