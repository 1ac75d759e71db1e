import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isObject, type Json, type JsonObject } from '../../../src/emulator/json.ts'

/** One request of a recording with what it was answered. */
export interface Exchange {
  readonly method: string
  /** `container`, the first part of the host. */
  readonly host: string
  /** Below the host, without the query. */
  readonly path: string
  readonly query: string
  /** Undefined where the recording does not hold it. */
  readonly body: JsonObject | undefined
  readonly status: number
  readonly answer: JsonObject
}

/** A recording: how far it is to be trusted (R and D are real), and its exchanges in order. */
export interface Recording {
  readonly name: string
  readonly grade: string
  readonly exchanges: readonly Exchange[]
  /** The year of its making, where the recording says it. */
  readonly year?: number
}

/** What the placeholders of the logs stand for here. */
const values: Readonly<Record<string, string>> = {
  projectId: 'acme-ml',
  projectNumber: '123456789012',
  uniqueId: 'u1u1u1',
}

const filled = (text: string): string =>
  text
    .replaceAll(/\$\{(projectId|projectNumber|uniqueId)\}/g, (_, key: string) => values[key] ?? '')
    .replaceAll(/\$\{(\w+)\}/g, (_, key: string) => key.toLowerCase())

const asJson = (text: string): JsonObject => {
  const start = text.search(/^\{/m)
  const parsed: unknown = start < 0 ? {} : JSON.parse(text.slice(start))
  return isObject(parsed) ? parsed : {}
}

const exchangeOf = (part: string): Exchange => {
  const [, method = '', host = '', path = '', query = ''] =
    /^([A-Z]+) https:\/\/([\w-]+)\.googleapis\.com\/([^\s?]+)\??(\S*)/m.exec(part) ?? []
  const [request = '', answer = ''] = part.split(/\n(?=\d{3} [A-Z])/)
  const body = asJson(request)
  return { method, host, path, query, body, status: Number(answer.slice(0, 3)), answer: asJson(answer) }
}

/** The logs that the README of the folder grades. */
export const logsIn = (folder: string): readonly Recording[] =>
  [
    ...readFileSync(join(folder, 'README.md'), 'utf8').matchAll(
      /^\| (R|D|G-?) \| (\S+) \| pkg|^\| (R|D|G-?) \| (\S+) \| mock/gm,
    ),
  ].map(([, grade, name, otherGrade, otherName]) => {
    const [known, path] = [grade ?? otherGrade ?? '', name ?? otherName ?? '']
    const text = filled(readFileSync(join(folder, 'kcc', path, '_http.log'), 'utf8'))
    return { name: path, grade: known, exchanges: text.split('\n---\n').map(exchangeOf) }
  })

interface Flight {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Json
}

/** The project of the flights, in place of which this one's stands. */
const ofProject = (text: string): string =>
  text
    .replaceAll(/cloud-custodian|c7n-policy-dev|stacklet-test-policies/g, 'acme-ml')
    .replaceAll(/123456789123|926761696986/g, '123456789012')

/** Files that hold no address: their names do, with dashes for slashes. */
const named: readonly (readonly [RegExp, string])[] = [
  [
    /^patch-.*-secrets-(.+)_\d+/,
    'secretmanager.googleapis.com/v1/projects/acme-ml/secrets/$1?updateMask=labels',
  ],
  [
    /-clusters-(.+)-setResourceLabels_\d+/,
    'container.googleapis.com/v1/projects/acme-ml/locations/us-central1/clusters/$1:setResourceLabels',
  ],
  [
    /-serviceAccounts-(.+)-getIamPolicy_\d+/,
    'iam.googleapis.com/v1/projects/acme-ml/serviceAccounts/$1:getIamPolicy',
  ],
  [
    /-global-(addresses|snapshots)-(.+)-setLabels_\d+/,
    'compute.googleapis.com/compute/v1/projects/acme-ml/global/$1/$2/setLabels',
  ],
  [
    /projects-acme-ml-(get|set)IamPolicy_\d+/,
    'cloudresourcemanager.googleapis.com/v1/projects/acme-ml:$1IamPolicy',
  ],
  [/-instances_\d+/, 'sqladmin.googleapis.com/sql/v1beta4/projects/acme-ml/instances'],
  [
    /-backupRuns-(\d+)_\d+/,
    'sqladmin.googleapis.com/sql/v1beta4/projects/acme-ml/instances/star-buck/backupRuns/$1',
  ],
  [/^put-storage-v1-b-(.+)-iam_\d+/, 'storage.googleapis.com/storage/v1/b/$1/iam'],
]

/** The address of a file: of its answer, or from its name. */
const urlOf = (file: string, location: string | undefined): string => {
  const [pattern, address] = named.find(([each]) => each.test(file)) ?? []
  const made = pattern === undefined ? '' : (pattern.exec(file)?.[0].replace(pattern, address ?? '') ?? '')
  return (location ?? made)
    .replace('www.googleapis.com/sql/', 'sqladmin.googleapis.com/sql/')
    .replace('www.googleapis.com/compute/', 'compute.googleapis.com/compute/')
}

const flightOf = (folder: string, file: string): Exchange & { readonly time: number } => {
  const { headers, body } = JSON.parse(ofProject(readFileSync(join(folder, file), 'utf8'))) as Flight
  const url = urlOf(ofProject(file), headers['content-location'])
  const [, host = '', path = '', query = ''] =
    /^(?:https:\/\/)?([\w-]+)\.googleapis\.com\/([^?]+)\??(.*)$/.exec(url) ?? []
  const time = Date.parse(headers.date ?? '')
  const method = (file.split('-')[0] ?? '').toUpperCase()
  return {
    method,
    host,
    path,
    query,
    body: undefined,
    status: Number(headers.status),
    answer: isObject(body) ? body : {},
    time,
  }
}

type Timed = Exchange & { readonly time: number }

/** Lists, writes, and reads of one: the order in which that project's tests go. */
const rank = ({ method, path, query }: Exchange): number =>
  method !== 'GET' ? 1 : /(s|addresses)$/.test(path) || query.includes('maxResults') ? 0 : 2

/** Times are whole seconds. */
const inTime = (a: Timed, b: Timed): number => a.time - b.time || rank(a) - rank(b)

/** The flights: one exchange a file, without the bodies of the requests, in the order of their time. */
export const flightsIn = (folder: string): readonly Recording[] =>
  readdirSync(join(folder, 'c7n')).map(name => {
    const at = join(folder, 'c7n', name)
    const files = readdirSync(at).filter(file => file.endsWith('.json'))
    const exchanges = files.map(file => flightOf(at, file)).sort(inTime)
    return {
      name: `c7n/${name}`,
      grade: 'R',
      exchanges,
      year: new Date(exchanges[0]?.time ?? 0).getFullYear(),
    }
  })
