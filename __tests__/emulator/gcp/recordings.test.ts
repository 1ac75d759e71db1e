import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { isObject, type Json, type JsonObject } from '../../../src/emulator/json.ts'
import { checkEveryAnswer, emulate } from './support.ts'

checkEveryAnswer()

// Real traffic of k8s-config-connector, kept outside this repository. SLIPWAY_RECORDINGS names the folder that holds it.
const folder = process.env.SLIPWAY_RECORDINGS ?? ''
const available = folder !== '' && existsSync(folder)
if (!available)
  process.stderr.write('recordings.test.ts SKIPPED: set SLIPWAY_RECORDINGS to the folder of recordings.\n')

interface Exchange {
  readonly method: string
  readonly path: string
  readonly body: JsonObject
  readonly status: number
  readonly answer: JsonObject
}

const values: Readonly<Record<string, string>> = {
  projectId: 'acme-ml',
  projectNumber: '123456789012',
  uniqueId: 'u1',
}

const asJson = (text: string): JsonObject => {
  const start = text.indexOf('{')
  const parsed: unknown = start < 0 ? {} : JSON.parse(text.slice(start))
  return isObject(parsed) ? parsed : {}
}

function readLog(name: string): readonly Exchange[] {
  const text = readFileSync(join(folder, 'kcc', name, '_http.log'), 'utf8')
  const filled = text.replaceAll(
    /\$\{(projectId|projectNumber|uniqueId)\}/g,
    (_, key: string) => values[key] ?? '',
  )
  return filled.split('\n---\n').flatMap(part => {
    const [, method = '', host = '', rest = ''] =
      /^(GET|POST|PUT|PATCH|DELETE) https:\/\/(\w+)\.googleapis\.com\/(\S+)/m.exec(part) ?? []
    const [request = '', answer = ''] = part.split(/\n(?=\d{3} [A-Z])/)
    if (host !== 'container' && host !== 'sqladmin') return []
    const path = rest.replace('v1beta1/', 'v1/').replace(/\?.*$/, '')
    const prefix = host === 'container' ? 'container' : 'sql'
    return [
      {
        method,
        path: `${prefix}/${path}`,
        body: asJson(request.slice(request.indexOf('\n\n'))),
        status: Number(answer.slice(0, 3)),
        answer: asJson(answer),
      },
    ]
  })
}

/** Member paths of an answer, without list positions. */
function paths(value: Json | undefined, at = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => paths(item, `${at}[]`))
  if (!isObject(value)) return [at]
  return Object.entries(value).flatMap(([key, member]) => paths(member, `${at}.${key}`))
}

/**
 * Members that are not to be expected: only in v1beta1; the name of a DNS endpoint that nobody answers at; how full a
 * range is; what a major upgrade leaves behind (an answer of doubtful origin).
 */
const unexpected =
  /^\.(clusterTelemetry|master|privateCluster|protectConfig)(\.|$)|kubeletCertInfo|^\.masterAuth|dnsEndpointConfig\.endpoint|RangeUtilization|replicationLogArchivingEnabled/

;(available ? describe : describe.skip)('recordings', () => {
  test.each([
    'container/containercluster/containercluster-swap',
    'container/containernodepool/containernodepool-swap',
    'container/containercluster/containercluster-intransitencryption',
    'sql/sqlinstance/sqlinstance-postgres-minimal-direct',
  ])('%s: requests get the recorded codes, and resources have every recorded member', async name => {
    const { send } = await emulate({ projects: [{ id: 'acme-ml', number: '123456789012' }] })
    let settings = '1'
    for (const { method, path, body, status, answer } of readLog(name)) {
      // Operation names differ; their answers are covered elsewhere.
      if (path.includes('/operations/')) continue
      const sent = JSON.parse(
        JSON.stringify(body).replace('"settingsVersion":"123"', `"settingsVersion":"${settings}"`),
      )
      const reply = await send(
        `${method} ${path}`,
        method === 'GET' || method === 'DELETE' ? undefined : sent,
      )
      expect([method, path, reply.status, reply.status === status ? '' : reply.body]).toEqual([
        method,
        path,
        status,
        '',
      ])
      if (isObject(reply.body.settings)) settings = String(reply.body.settings.settingsVersion)
      if (method !== 'GET' || status !== 200) continue
      const ours = new Set(paths(reply.body))
      const missing = [...new Set(paths(answer))].filter(each => !ours.has(each) && !unexpected.test(each))
      expect([path, missing]).toEqual([path, []])
    }
  })
})
