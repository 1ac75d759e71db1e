import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { compose } from '../../src/compose.ts'
import { ProblemsError } from '../../src/core/problem.ts'
import { Redactor } from '../../src/core/secret.ts'
import type { RequestEntry } from '../../src/emulator/requests.ts'
import type { Api } from '../../src/gcp/port.ts'
import { everyGoogleKind } from '../support/files.ts'
import { project } from '../support/one-file.ts'
import { assertReadOnly } from '../support/read-only.ts'
import { report } from '../support/report.ts'
import { startWorld, type World } from '../support/world.ts'

const planner = `slipway-planner@${project}.iam.gserviceaccount.com`

/** What somebody would put where a name is expected, to make a read into another request. */
const hostile = [
  'p/../x',
  'acme-ml/../../v1/projects/acme-ml:setIamPolicy',
  'acme-ml:setIamPolicy',
  'acme-ml?alt=media',
  'acme-ml#x',
  '%2e%2e',
  '..',
  '.\n.',
  '.\t%2e',
  'a%2Fb',
  'x\ny',
  'x\r\nPOST /v1/projects',
  'acme-ml\\..\\x',
  'lab-database/versions/latest:access',
  'lab-database:addVersion',
  '//evil.example.com/x',
  'https://evil.example.com',
  'x y',
  '\u0000',
  '$(id)',
  '‮',
]

/** Places of a file that become part of an address. */
const places: readonly ((name: string) => string)[] = [
  name => everyGoogleKind.replace('project: acme-ml', `project: ${JSON.stringify(name)}`),
  name => everyGoogleKind.replace('location: us-central1-a', `location: ${JSON.stringify(name)}`),
  name => everyGoogleKind.replace('{name: lab, mode', `{name: ${JSON.stringify(name)}, mode`),
  name => everyGoogleKind.replace('name: lab-main', `name: ${JSON.stringify(name)}`),
  name => everyGoogleKind.replaceAll('lab-database', name.replaceAll('\n', ' ')),
  name => everyGoogleKind.replace('{name: lab-server, tier', `{name: ${JSON.stringify(name)}, tier`),
  name => everyGoogleKind.replace('id: lab-server', `id: ${JSON.stringify(name)}`),
  name =>
    everyGoogleKind.replace('secretmanager, sqladmin', `secretmanager, sqladmin, ${JSON.stringify(name)}`),
  name => everyGoogleKind.replace('"group:ml@acme.com"', JSON.stringify(`group:${name}`)),
  name => everyGoogleKind.replace('roles/cloudsql.viewer', JSON.stringify(`roles/${name}`)),
  name =>
    everyGoogleKind.replace(
      'databases: {skypilot: {}}',
      `databases: {skypilot: {name: ${JSON.stringify(name)}}}`,
    ),
  name => everyGoogleKind.replace('POSTGRES_16', JSON.stringify(name)),
]

/** Addresses as a defect, or somebody in control of a name, might make them. */
const paths = fc
  .array(
    fc.constantFrom(
      'v1',
      'v3',
      'projects',
      'acme-ml',
      'compute',
      'instances',
      'secrets',
      'lab',
      '-',
      'locations',
      'clusters',
      'services',
      '..',
      '.',
      '%2e%2e',
      '%2F',
      '',
      '?',
      '#',
      '\\',
      '\n',
      ':setIamPolicy',
      ':getIamPolicy',
      ':access',
      ':batchEnable',
      'versions',
      'serviceAccounts',
      '@',
      ':',
    ),
    { minLength: 1, maxLength: 9 },
  )
  .chain(parts => fc.constantFrom('/', '').map(between => `/${parts.join(between)}`))

/** What the emulator sees of an allowed request, below the API's prefix. */
const shapeOf = (template: string): RegExp => {
  const path = (template.split(' ')[2] ?? '').replace(/^\/compute\/v1/, '')
  return new RegExp(
    `^${path
      .split('{}')
      .map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('[^/?#]+')}$`,
  )
}

/** A read that is on the list, by its method and by the shape of its address. */
const isAllowed = ({ httpMethod, path, url }: RequestEntry, shapes: readonly RegExp[]): boolean =>
  (httpMethod === 'GET' || (httpMethod === 'POST' && path.endsWith(':getIamPolicy'))) &&
  shapes.some(shape => shape.test(`/${path}`)) &&
  !/\.\.|%2e|:set|:access|:add/i.test(url)

/** Templates of the allow-list, their gaps filled with names of all sorts. */
const filled = (templates: readonly string[]) =>
  fc.constantFrom(...templates).chain(template => {
    const [, api = '', path = ''] = template.split(' ')
    const gaps = path.split('{}')
    const names = fc.constantFrom(...hostile, 'acme-ml', 'us-central1', 'lab-main', 'example.com:p')
    return fc
      .tuple(
        fc.array(names, { minLength: gaps.length, maxLength: gaps.length }),
        fc.constantFrom('', '', '/..', ':setIamPolicy', '?x=y'),
      )
      .map(([drawn, end]) => ({
        api: api as Api,
        path: gaps.reduce((all, part, index) => `${all}${drawn[index - 1]}${part}`) + end,
      }))
  })

const apis: readonly Api[] = [
  'serviceusage',
  'container',
  'iam',
  'cloudresourcemanager',
  'secretmanager',
  'sqladmin',
  'compute',
]

/** What came of a plan of a file with a name that is meant to make a read into another request. */
const smuggled = async (world: World, text: string): Promise<string> => {
  const before = world.google.requests.all.length
  const end = await world.plan(text).then(
    () => 'only reads',
    (error: unknown) => (error instanceof ProblemsError ? 'a problem' : String(error)),
  )
  const urls = world.google.requests.all.slice(before).map(({ url }) => url)
  const strange = urls.filter(url => /\.\.|%2e%2e|:set|:access|:add|[\\\n]/i.test(url))
  return strange.length > 0 ? `sent ${strange.join(', ')}` : end
}

describe('law 6: planning cannot write', () => {
  test('hostile names in a file are problems of the file, or lead to reads only', async () => {
    const world = await startWorld()
    const attempts = places.flatMap(place => hostile.map(name => place(name)))
    const ends: string[] = []
    for (const text of attempts) ends.push(await smuggled(world, text))
    await world.close()
    const [refused, reading] = ['a problem', 'only reads'].map(end => ends.filter(one => one === end).length)
    const [caught, tried] = [(refused ?? 0) + (reading ?? 0), attempts.length]
    const more = `(${refused} were problems of the file, ${reading} were planned by reads of no such address)`
    report('6 (smuggling by names)', caught, tried, more)
    expect(ends.filter(end => !['a problem', 'only reads'].includes(end))).toEqual([])
    expect(refused).toBeGreaterThan(tried / 2)
  })

  test('a reader sends nothing that is not on the allow-list, whatever path it is given', async () => {
    const world = await startWorld({ notEmulated: 'any' })
    const { bench, dispose } = compose({
      env: { ...process.env, ...world.google.endpoints, CLOUDSDK_AUTH_ACCESS_TOKEN: 'planner' },
      engine: '0',
      role: 'planner',
      identities: () => ({}),
      idToken: undefined,
      folder: '/nonexistent',
      signal: new AbortController().signal,
      redactor: new Redactor(),
      values: {},
      onEvent: () => undefined,
      progress: () => undefined,
      clock: world.clock,
    })
    const { gcp } = bench.planning(project)
    const allowed = [...bench.kinds.values()].flatMap(({ reads }) => reads)
    const shapes = allowed.map(shapeOf)
    const passed: string[] = []
    let [tried, refused] = [0, 0]
    const drawn = fc.sample(
      fc.oneof(
        paths.map(path => ({ api: undefined, path })),
        filled(allowed),
      ),
      {
        numRuns: 3_000,
        seed: 6,
      },
    )
    for (const { api = apis[tried % apis.length] ?? 'container', path } of drawn) {
      const ask = [
        () => gcp.get(api, path),
        () => gcp.read(api, path, { bindings: [] }),
        () => gcp.list(api, path, 'items'),
      ][tried % 3]
      const before = world.google.requests.all.length
      await ask?.().catch(() => undefined)
      const made = world.google.requests.all.slice(before)
      if (made.length === 0) refused++
      passed.push(...made.filter(entry => !isAllowed(entry, shapes)).map(({ url }) => url))
      tried++
    }
    const sent = world.google.requests.all
    await dispose()
    await world.close()
    assertReadOnly(sent, undefined, planner)
    const more = `(${refused} were not sent, ${tried - refused} were on the list and read)`
    report('6 (smuggling by paths)', tried - passed.length, tried, more)
    expect(passed).toEqual([])
    expect(refused).toBeGreaterThan(tried / 2)
    expect(sent.length).toBeGreaterThan(20)
    expect(
      allowed.filter(template => template.startsWith('POST') && !template.endsWith(':getIamPolicy')),
    ).toEqual([])
  })
})
