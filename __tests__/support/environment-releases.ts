import fc from 'fast-check'
import { flag, mapOf, settings } from './draw.ts'

/** Stands for the address of the charts, which is known when a world has started. */
export const charts = 'http://charts.invalid'

const texts = fc.constantFrom('ml', 'x-1', 'yes', '1.30')

const version = (name: string) => ({ $ref: `secret/${name}#version` })

/** A Secret's keys; `login` is there for pods that read it. */
const data = fc
  .record({
    db: fc.constantFrom(
      {},
      { password: { from: 'secret', secret: 'lab-db', version: version('db') } },
      {
        uri: {
          from: 'template',
          template: 'postgresql://app:{password}@127.0.0.1/sky',
          password: { secret: 'lab-db', version: version('db') },
          encode: 'url',
        },
      },
    ),
    login: fc.constantFrom(
      { from: 'htpasswd', secret: 'lab-login', version: version('login') },
      { from: 'secret', secret: 'lab-login', version: version('login') },
      { from: 'env', name: 'LAB_LOGIN', version: '1' },
      { from: 'literal', value: 'nobody' },
    ),
  })
  .map(({ db, login }) => ({ ...db, login }))

const namespace = (name: string) =>
  settings({
    labels: mapOf(['team', 'pod-security.kubernetes.io/warn'], fc.constant('baseline')),
    annotations: mapOf(['example.com/owner', 'example.com/note'], texts),
    secrets: mapOf(
      [`${name}-login`, `${name}-other`],
      data.map(drawn => ({ data: drawn })),
    ),
  })

interface Beside {
  readonly namespaces: Readonly<Record<string, { readonly secrets?: Readonly<Record<string, unknown>> }>>
  readonly addresses?: Readonly<Record<string, unknown>>
  readonly database?: unknown
}

const values = (place: string, { namespaces, addresses = {} }: Beside) => {
  const secrets = Object.keys(namespaces[place]?.secrets ?? {})
  const address = Object.keys(addresses).map(name => ({ $ref: `address/${name}#address` }))
  return settings({
    replicas: fc.integer({ min: 1, max: 3 }),
    tag: fc.constantFrom('1.0', 'stable'),
    cpu: fc.constantFrom('50m', '0.1', '1'),
    labels: mapOf(['team', 'tier'], texts),
    settings: fc.constantFrom({ mode: 'fast' }, { mode: 'slow', list: [1, 2] }, { text: 'a\nb' }),
    annotations: fc.constantFrom(
      { 'example.com/secrets': { $text: ['db=', version('db')] } },
      { 'example.com/secrets': 'none' },
    ),
    storage: fc.constantFrom('1Gi', '2Gi'),
    port: fc.constantFrom(80, 8080),
    ...(address.length === 0 ? {} : { address: fc.constantFrom(...address) }),
    ...(secrets.length === 0 ? {} : { secret: fc.constantFrom(...secrets) }),
  })
}

const release = (beside: Beside) =>
  fc.constantFrom(...Object.keys(beside.namespaces)).chain(place =>
    settings(
      {
        repository: fc.constant(charts),
        chart: fc.constant('small'),
        version: fc.constantFrom('0.13.0', '0.12.2'),
        namespace: fc.constant(place),
        values: values(place, beside),
        timeoutMinutes: fc.constantFrom(5, 20),
        ...(beside.database === undefined ? {} : { backupBefore: fc.constant('sql-instance/lab') }),
      },
      ['repository', 'chart', 'version', 'namespace'],
    ),
  )

/** The same with namespaces in the cluster, Secrets in these, and small releases. */
export const withReleases = <T extends Omit<Beside, 'namespaces'>>(document: T): fc.Arbitrary<T & Beside> =>
  fc
    .record({
      lab: fc.option(namespace('lab'), { nil: undefined, freq: 4 }),
      tools: fc.option(namespace('tools'), { nil: undefined }),
      plain: flag,
    })
    .map(({ lab, tools, plain }) => {
      const namespaces = { ...(lab && { lab }), ...(tools && { tools }), ...(plain ? { plain: {} } : {}) }
      return Object.keys(namespaces).length === 0 ? { lab: {} } : namespaces
    })
    .chain(namespaces => {
      const beside = { ...document, namespaces }
      return mapOf(['web', 'jobs'], release(beside)).map(releases => ({ ...beside, releases }))
    })
