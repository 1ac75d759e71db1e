import type { FakeGitHub } from './fake/github.ts'
import type { Json } from './fake/json.ts'
import type { Permissions } from './fake/permissions.ts'

/** An answer of the fake, read. */
export interface Reply {
  readonly status: number
  /** As loose as `JSON.parse`: tests pick members of shapes that the fake has checked already. */
  readonly body: ReturnType<typeof JSON.parse>
  readonly headers: Headers
}

/** Calls the fake's repository with one token. */
export interface Client {
  readonly call: (method: string, path: string, body?: Json, accept?: string) => Promise<Reply>
  readonly get: (path: string) => Promise<Reply>
}

/** All that a Slipway job is ever granted. */
export const ALL: Permissions = {
  actions: 'read',
  contents: 'read',
  deployments: 'write',
  'id-token': 'write',
  'pull-requests': 'write',
}

/** A bare client for the tests of the fake itself. */
export const client = (github: FakeGitHub, permissions: Permissions = ALL, login?: string): Client => {
  const token = github.token(permissions, login)
  const call: Client['call'] = async (method, path, body, accept = 'application/vnd.github+json') => {
    const response = await fetch(`${github.apiUrl}/repos/acme/infra${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, accept, 'user-agent': 'test' },
      redirect: 'manual',
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
    return {
      status: response.status,
      body: isJson && text !== '' ? JSON.parse(text) : text,
      headers: response.headers,
    }
  }
  return { call, get: path => call('GET', path) }
}
