import { createServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from '@jest/globals'
import { type Dispatcher, request } from 'undici'
import { wallClock } from '../../src/core/clock.ts'
import { makeCertificates } from '../../src/emulator/kubernetes/certificate.ts'
import { createTransport } from '../../src/gcp/transport.ts'
import { connectAhead, isLoopback } from '../../src/http/dispatcher.ts'
import { createTransport as createKubernetesTransport } from '../../src/kubernetes/transport.ts'

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

describe('a connection that is opened ahead', () => {
  /** A server of HTTP/2 and HTTP/1.1 that counts connections and requests. */
  const startSecure = async () => {
    const seen = { connections: 0, requests: 0 }
    const { ca, key, certificate } = makeCertificates(Date.now())
    const server = createSecureServer({ key, cert: certificate, allowHTTP1: true }, (_, response) => {
      seen.requests += 1
      response.end('{"well": true}')
    })
    server.on('secureConnection', () => {
      seen.connections += 1
    })
    await new Promise<void>(done => void server.listen(0, '127.0.0.1', done))
    closing.push(() => server.close())
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
    return { seen, url, server, authority: ca }
  }
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await sleep(5)
  }
  const answered = async (url: string, dispatcher: Dispatcher | undefined): Promise<string> => {
    const { body } = await request(`${url}/version`, dispatcher === undefined ? {} : { dispatcher })
    return body.text()
  }

  test('is there before anything is sent, and is the one that is used first', async () => {
    const { seen, url, authority } = await startSecure()
    const ahead = connectAhead(url, { authority })
    await until(() => seen.connections === 1)
    expect(seen.requests).toBe(0)
    const both = await Promise.all([answered(url, ahead?.dispatcher), answered(url, ahead?.dispatcher)])
    expect(both).toEqual(['{"well": true}', '{"well": true}'])
    expect(seen).toEqual({ connections: 1, requests: 2 })
    await ahead?.dispatcher.destroy()
  })
  test('that was closed meanwhile costs a second attempt, and one that never came to be none', async () => {
    const { seen, url, authority, server } = await startSecure()
    const opened = new Promise<Socket>(resolve => void server.once('secureConnection', resolve))
    const ahead = connectAhead(url, { authority })
    const socket = await opened
    socket.destroy()
    await sleep(20)
    const read = createKubernetesTransport({
      endpoint: { url, authority },
      token: async () => 'planner',
      dispatcher: ahead?.dispatcher,
      pause: async () => undefined,
    })
    expect(await read({ method: 'GET', path: '/version', repeatable: true })).toBe('{"well": true}')
    expect(seen).toEqual({ connections: 2, requests: 1 })
    await ahead?.dispatcher.destroy()
    const nowhere = connectAhead('https://127.0.0.1:1')
    await expect(answered('https://127.0.0.1:1', nowhere?.dispatcher)).rejects.toThrow('ECONNREFUSED')
  })
  test('trusts no other authority than the one that is named', async () => {
    const { seen, url } = await startSecure()
    const ahead = connectAhead(url, { authority: makeCertificates(Date.now()).ca })
    await expect(answered(url, ahead?.dispatcher)).rejects.toThrow()
    expect(seen.requests).toBe(0)
  })
  test('is closed if it is dropped', async () => {
    const { url, authority, server } = await startSecure()
    const opened = new Promise<Socket>(resolve => void server.once('secureConnection', resolve))
    const ahead = connectAhead(url, { authority })
    const socket = await opened
    const closed = new Promise(resolve => void socket.once('close', resolve))
    ahead?.drop()
    await closed
  })
  test('is not opened where a proxy stands between', () => {
    setVariables({ HTTPS_PROXY: 'http://127.0.0.1:1' })
    expect(connectAhead('https://203.0.113.7')).toBeUndefined()
  })
})
