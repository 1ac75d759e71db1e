import { project } from '../../support/one-file.ts'
import type { World } from './world.ts'

/** Asks the emulated Secret Manager as the applier. */
const ask = async (world: World, path: string, body?: object): Promise<{ payload?: { data?: string } }> => {
  const base = world.google.endpoints.CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER ?? ''
  const { CLOUDSDK_AUTH_ACCESS_TOKEN: token } = world.run('applier', '').env
  const answer = await fetch(`${base}v1/projects/${project}/secrets/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as { payload?: { data?: string } }
}

/** The newest payload of a secret. */
export const payloadOf = async (world: World, secret: string): Promise<string> => {
  const { payload } = await ask(world, `${secret}/versions/latest:access`)
  return Buffer.from(payload?.data ?? '', 'base64').toString()
}

/** Adds a version, as somebody with the console would; gives the payload back. */
export const rotate = async (world: World, secret: string, payload: string): Promise<string> => {
  await ask(world, `${secret}:addVersion`, { payload: { data: Buffer.from(payload).toString('base64') } })
  return payload
}
