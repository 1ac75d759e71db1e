import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from '@jest/globals'
import { wallClock } from '../../src/core/clock.ts'
import { createTransport } from '../../src/gcp/transport.ts'
import { isLoopback } from '../../src/http/dispatcher.ts'

const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'] as const
const before = Object.fromEntries(names.map(name => [name, process.env[name]]))
const closing: (() => void)[] = []

const setVariables = (variables: Readonly<Record<string, string | undefined>>): void => {
  for (const name of names) {
    const value = variables[name]
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
}

afterEach(() => {
  setVariables(before)
  for (const close of closing.splice(0)) close()
})

/** A server that answers everything, asked as a proxy or as itself. */
const startServer = async () => {
  const asked: string[] = []
  const server = createServer(({ url = '' }, response) => {
    asked.push(url)
    response.end('{"well": true}')
  })
  await new Promise<void>(done => void server.listen(0, '127.0.0.1', done))
  closing.push(() => server.close())
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const ask = (base: string): Promise<unknown> =>
  createTransport({
    env: { CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM: base },
    token: async () => 'token',
    clock: wallClock,
  }).send({ method: 'GET', api: 'iam', path: '/v1/x' })

describe('a request to Google', () => {
  test('goes by the proxy that the environment names', async () => {
    const { asked, url } = await startServer()
    setVariables({ HTTP_PROXY: url })
    expect(await ask('http://iam.invalid:8080/')).toEqual({ well: true })
    expect(asked).toEqual(['http://iam.invalid:8080/v1/x'])
  })
  test('goes straight where the environment says so', async () => {
    const { asked, url } = await startServer()
    setVariables({ HTTP_PROXY: url, NO_PROXY: 'iam.invalid' })
    await expect(ask('http://iam.invalid/')).rejects.toThrow('no answer')
    expect(asked).toEqual([])
  })
  test('stays on this machine if it is for this machine', async () => {
    const { asked, url } = await startServer()
    setVariables({ HTTP_PROXY: 'http://127.0.0.1:1' })
    expect(await ask(`${url}/`)).toEqual({ well: true })
    expect(asked).toEqual(['/v1/x'])
  })
})

test.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['[::1]', true],
  ['127.0.0.1.example.com', false],
  ['iam.googleapis.com', false],
  ['10.0.0.1', false],
])('%s is this machine: %s', (host, is) => {
  expect(isLoopback(host)).toBe(is)
})
