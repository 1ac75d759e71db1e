import { afterEach } from '@jest/globals'
import { type Emulator, type EmulatorOptions, startEmulator } from '../../../src/emulator/index.ts'
import type { JsonObject } from '../../../src/emulator/json.ts'

/** What a request was answered with. */
export interface Reply {
  readonly status: number
  readonly body: JsonObject
  readonly headers: Headers
}

/** Sends one request: method and path such as `GET container/v1/projects/…`. */
export type Send = (line: string, body?: unknown, token?: string) => Promise<Reply>

const started: Emulator[] = []

/** An emulator with every service on, and a function that sends it requests as the owner. */
export async function emulate(
  options: EmulatorOptions = {},
): Promise<{ readonly emulator: Emulator; readonly send: Send }> {
  const emulator = await startEmulator(options)
  started.push(emulator)
  emulator.seed().enable('container', 'sqladmin', 'secretmanager')
  const send: Send = async (line, body, token = 'owner') => {
    const [method = '', path = ''] = line.split(' ')
    const response = await fetch(`${emulator.url}/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as JsonObject, headers: response.headers }
  }
  return { emulator, send }
}

/** Closes what was started; closing fails if an answer did not fit Google's descriptions. */
export function checkEveryAnswer(): void {
  afterEach(async () => {
    for (const emulator of started.splice(0)) await emulator.close()
  })
}

/** `reason` of the first of `errors[]`, else the status. */
export const reasonOf = ({ body }: Reply): unknown => {
  const { errors, status } = body.error as { errors?: { reason: string }[]; status?: string }
  return errors?.[0]?.reason ?? status
}

/** The text of an error. */
export const messageOf = ({ body }: Reply): string => (body.error as { message: string }).message
