import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { text as textFrom } from 'node:stream/consumers'
import { describe, expect, test } from '@jest/globals'
import type { ExecutionEvent } from '../../src/commands/execute.ts'
import { isEmpty } from '../../src/core/plan.ts'
import {
  type Canaries,
  escaped,
  generated,
  type Seen,
  seenOfApply,
  seenOfPlan,
  seenOfProblems,
} from '../support/canaries.ts'
import { everyGoogleKind } from '../support/files.ts'
import { loggingHelm, withHelm } from '../support/helm.ts'
import { mustBeDone } from '../support/kill.ts'
import { writeLeakyChart } from '../support/leaky-chart.ts'
import { project } from '../support/one-file.ts'
import { report } from '../support/report.ts'
import { startWorld } from '../support/world.ts'

const tokens = { planner: 'ya29.canary-of-the-planner-0042', applier: 'ya29.canary-of-the-applier-0043' }
const given = 'canary&given+by=its/owner 0044'
const held = 'canary-held-by-the-runner-0045"\\'

const tell = (name: string, canaries: Canaries, seen: Seen): readonly string[] => {
  const out = escaped(canaries, seen)
  const tried = Object.keys(canaries).length * Object.keys(seen).length
  report(`10 (canaries, ${name})`, tried - out.length, tried, `(${Object.keys(canaries).length} canaries)`)
  return out
}

/** Cloud SQL as it might be on a bad day: it quotes the request in its refusal. */
const quoting = async (real: string) => {
  const server = createServer(async (request, response) => {
    const body = await textFrom(request)
    if (request.method === 'POST' && /\/users$/.test(request.url ?? '')) {
      const message = `Invalid user: ${body} sent with ${request.headers.authorization}`
      response.writeHead(400, { 'content-type': 'application/json' })
      return void response.end(
        JSON.stringify({ error: { code: 400, message, errors: [{ reason: 'invalid', message }] } }),
      )
    }
    const answer = await fetch(`${real}${request.url?.slice(1)}`, {
      method: request.method ?? 'GET',
      headers: { authorization: request.headers.authorization ?? '', 'content-type': 'application/json' },
      ...(body === '' ? {} : { body }),
    })
    response.writeHead(answer.status, { 'content-type': 'application/json' })
    response.end(await answer.text())
  })
  await new Promise<void>(done => void server.listen(0, '127.0.0.1', done))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

/** For slow machines: helm runs here. */
const patient = 300_000

describe('law 10: no secret gets out', () => {
  test('in the errors of an API that quotes what it was sent', async () => {
    const world = await startWorld({ tokens })
    const variable = 'CLOUDSDK_API_ENDPOINT_OVERRIDES_SQL'
    const { server, url } = await quoting(world.environment[variable] ?? '')
    const file = everyGoogleKind.replace(
      '  users:\n',
      '  users:\n    runner: {type: built-in, password: {from: env, name: CANARY, version: v1}}\n',
    )
    const events: ExecutionEvent[] = []
    const plan = await world.plan(file)
    const applied = await world.apply(file, plan, {
      env: { [variable]: url },
      values: { CANARY: held },
      onEvent: event => void events.push(event),
    })
    const seen = { ...seenOfPlan('plan', plan), ...seenOfApply('apply', applied, events) }
    const canaries = { ...tokens, held, ...generated(world) }
    server.close()
    server.closeAllConnections()
    await world.close()
    expect(seen['apply result']).toContain('Invalid user')
    expect(tell('errors', canaries, seen)).toEqual([])
  })

  test(
    'in a whole environment, its plan, its apply, and helm’s arguments',
    async () => {
      await withHelm('canaries of a release', wholeEnvironment, () => undefined)
    },
    patient,
  )
})

/** Values that somebody wrote into a file all the same. */
const inValues = {
  credentials: 'canary:$apr1$canary0046',
  connection: 'postgresql://x:canary-0047@h/d',
  password: 'canary-as-a-password-0048',
  token: 'canary-as-a-token-0049',
}

/** A chart that copies such values of its own into a Secret, a ConfigMap, arguments and variables. */
const seenOfLeakyChart = async (folder: string, env: Readonly<Record<string, string>>): Promise<Seen> => {
  const world = await startWorld({
    kubernetes: true,
    chartFolder: await writeLeakyChart(join(folder, 'leaky'), inValues),
  })
  try {
    const release = (values: string) =>
      `namespaces: {lab: {}}\nreleases:\n  lab: {repository: "${world.cloud?.charts}", chart: leaky, version: 0.12.2, namespace: lab, values: ${values}}\n`
    const plan = await world.plan(everyGoogleKind + release('{}'), { env })
    expect(JSON.stringify(plan)).toContain('ConfigMap/lab/leaky')
    const refused = release(`{password: ${inValues.password}, nested: {token: ${inValues.token}}}`)
    return {
      ...seenOfPlan('a leaky chart', plan),
      ...(await seenOfProblems('secrets in values', () => world.plan(everyGoogleKind + refused, { env }))),
    }
  } finally {
    await world.close()
  }
}

const namespaceSecret = `
namespaces:
  skypilot:
    secrets:
      brought:
        data:
          given: {from: secret, secret: brought, version: "1"}
          held: {from: env, name: CANARY, version: v1}
`

const wholeEnvironment = async (helm: string): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-canaries-'))
  const log = join(folder, 'helm.log')
  loggingHelm(helm, folder, log)
  const world = await startWorld({ kubernetes: true, tokens })
  try {
    world.google.seed(project).secret('brought', [given])
    const file = (values: string) =>
      `app: skypilot\nname: lab\nproject: acme-ml\nlocation: us-central1\nstate: cloudsql\ndatabase: {auth: password}\n${namespaceSecret}releases:\n  skypilot:\n    repository: ${world.cloud?.charts}\n    version: 0.12.2\n${values}`
    const env = { PATH: `${folder}${delimiter}${process.env.PATH}` }
    const events: ExecutionEvent[] = []
    const plan = await world.plan(file(''), { env })
    const run = { env, values: { CANARY: held }, onEvent: (event: ExecutionEvent) => void events.push(event) }
    const applied = await world.apply(file(''), plan, run)
    mustBeDone(applied)
    const again = await world.plan(file(''), { env })
    expect(isEmpty(again)).toBe(true)
    const values = `    values:
      ingress: {authCredentials: "${inValues.credentials}", authSecret: null}
      apiService: {dbConnectionString: "${inValues.connection}"}
`
    const risky = {
      ...(await seenOfProblems('preset with secrets', () => world.plan(file(values), { env }))),
      ...(await seenOfLeakyChart(folder, env)),
    }
    const helmLog = await readFile(log, 'utf8')
    expect(helmLog).toContain('upgrade')
    const seen = {
      ...seenOfPlan('plan', plan),
      ...seenOfApply('apply', applied, events),
      'helm arguments and environment': helmLog,
    }
    const secrets = { ...tokens, given, held, ...generated(world) }
    expect(Object.keys(secrets).length).toBeGreaterThanOrEqual(6)
    expect(tell('whole environment', secrets, seen)).toEqual([])
    expect(tell('values of a chart', { ...secrets, ...inValues }, risky)).toEqual([])
  } finally {
    await world.close()
    await rm(folder, { recursive: true, force: true })
  }
}
