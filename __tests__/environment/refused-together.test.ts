import { describe, expect, test } from '@jest/globals'
import { complaints, four, load } from './load.ts'

const long = 'project: acme-ml\nlocation: us-central1\n'
const release = (more: string) =>
  `${long}cluster: {use: main}\nnamespaces: {api: {}}\nreleases:\n  api:\n    repository: https://charts.example.com\n    chart: api\n    version: 1.0.0\n    namespace: api\n    ${more}\n`

describe('what Google would refuse when the rest is made is refused before', () => {
  test.each([
    [
      'a zone for a region',
      `${four}database: {region: us-central1-a}\n`,
      /^e\/dev\.yaml:5:20 {2}region: "us-central1-a" is a zone; a database has a region\.\n {2}Write us-central1 here, and `zone: us-central1-a`/,
    ],
    [
      'a zone of another region',
      `${four}database: {zone: us-east1-b}\n`,
      /^e\/dev\.yaml:5:18 {2}zone: "us-east1-b" is not a zone of us-central1\./,
    ],
    [
      'nodes in another region',
      `${four}nodePools: {default: {zones: [us-east1-b]}}\n`,
      /^e\/dev\.yaml:5:\d+ {2}zones: "us-east1-b" is not a zone of us-central1\./,
    ],
    [
      'a cluster with nodes in another region',
      `${four}cluster: {nodeLocations: [us-central1-b, us-east1-b]}\n`,
      /nodeLocations: "us-east1-b" is not a zone of us-central1\./,
    ],
    [
      'more days of logs than the edition keeps',
      `${four}database: {backups: {logDays: 14}}\n`,
      /^e\/dev\.yaml:5:31 {2}logDays: edition ENTERPRISE keeps at most 7 days\./,
    ],
    [
      'a stop after which nothing can be planned',
      `${four}database: {activation: NEVER}\n`,
      /^e\/dev\.yaml:5:24 {2}activation: a stopped instance does not show its databases and users, so nothing of this file/,
    ],
    [
      'a cluster that nobody reaches',
      `${four}cluster: {dnsEndpoint: false, ipEndpoint: false}\n`,
      /^e\/dev\.yaml:5:43 {2}ipEndpoint: with the DNS endpoint off as well, nobody reaches the API server, Slipway neither\./,
    ],
    [
      'a machine in a size that there is not',
      `${four}nodePools: {gpu: {machineType: g2-standard-7}}\n`,
      /^e\/dev\.yaml:5:32 {2}machineType: g2-standard-7 is not a machine that Compute Engine has\.\n {2}There are g2-standard-4, g2-standard-8,/,
    ],
    [
      'the last pool taken away',
      `${four}nodePools: {default: null}\n`,
      /^e\/dev\.yaml:5:1 {2}cluster: a Standard cluster is made with at least one node pool/,
    ],
  ])('%s', (_, text, message) => {
    expect(complaints(text).join('\n')).toMatch(message)
  })

  test.each([
    [
      'a region and its zones',
      `${four}database: {region: us-east1, zone: us-east1-b, secondaryZone: us-east1-c}\n`,
    ],
    ['a family that nobody knows here', `${four}nodePools: {more: {machineType: z9-standard-7}}\n`],
    ['no backups at all', `${four}database: {backups: {enabled: false}}\n`],
    [
      'a stop of an instance alone',
      `${long}database: {version: POSTGRES_16, tier: db-custom-2-7680, activation: NEVER}\n`,
    ],
    ['one endpoint', `${four}cluster: {dnsEndpoint: true, ipEndpoint: false}\n`],
  ])('%s: passes', (_, text) => {
    expect(complaints(text)).toEqual([])
  })
})

describe('what must come first', () => {
  test.each([
    [
      'after: [release/web]',
      /^e\/dev\.yaml:11:13 {2}after: nothing in this file has the address release\/web\./,
    ],
    [
      'backupBefore: sql-instance/pord',
      /^e\/dev\.yaml:11:19 {2}backupBefore: nothing in this file has the address sql-instance\/pord\./,
    ],
    [
      'health: {url: "https://api.acme.com", login: secret/mine, expect: {status: ok}}',
      /login: nothing in this file has the address secret\/mine\./,
    ],
  ])('is in the file: %s', (line, message) => {
    expect(complaints(release(line)).join('\n')).toMatch(message)
  })

  test('is no ring', () => {
    const two = `${release('after: [release/web]')}  web:\n    repository: https://charts.example.com\n    chart: web\n    version: 1.0.0\n    namespace: api\n    after: [release/api]\n`
    expect(complaints(two)).toEqual([
      'e/dev.yaml:11:13  after: these wait for one another: release/api → release/web → release/api.\n  Take one of the `after` lines out.',
    ])
  })
})

test('a password in the address of charts is refused, and not repeated', () => {
  const text = release('sha256: null')
    .replace('https://', 'https://me:hunter22@')
    .replace(/.*sha256.*\n/, '')
  const said = complaints(text).join('\n')
  expect(said).toMatch(/^e\/dev\.yaml:7:17 {2}repository: a password in an address does not belong in a file/)
  expect(said).not.toContain('hunter22')
})

describe('a database that everybody may try', () => {
  const notes = (settings: string) =>
    load(`${four}database: {authorizedNetworks: {0.0.0.0/0: all}${settings}}\n`).notes.map(
      ({ message }) => message,
    )

  test('is warned of', () => {
    expect(notes(', connectorEnforcement: NOT_REQUIRED')).toContain(
      'database.authorizedNetworks: 0.0.0.0/0 lets the whole internet try to sign in to the database.',
    )
  })

  test('is not where only connectors come in', () => {
    expect(notes('').join()).not.toContain('whole internet')
  })
})

test.each([
  ['backups: {enabled: false, pointInTime: true}', 'point-in-time recovery needs backups', 31],
  ['availability: REGIONAL, backups: {pointInTime: false}', 'a standby (`availability: REGIONAL`) needs', 59],
])('a live database may be so, and it is warned of: %s', (settings, said, column) => {
  const { notes } = load(`${four}database: {${settings}}\n`)
  expect(notes).toContainEqual(
    expect.objectContaining({
      level: 'warning',
      message: expect.stringContaining(said),
      source: expect.objectContaining({ line: 5, column }),
    }),
  )
})

test('with its backups off the preset asks for no point in time', () => {
  const backupsOf = (more: string) =>
    load(`${four}${more}`).resources.find(({ kind }) => kind === 'sql-instance')?.spec.backups
  expect(backupsOf('')).toMatchObject({ enabled: true, pointInTime: true })
  expect(backupsOf('database: {backups: {enabled: false}}\n')).toMatchObject({
    enabled: false,
    pointInTime: false,
  })
})

test('the proxy goes to a database without a public address by its private one', () => {
  const args = (settings: string) =>
    JSON.stringify(
      load(`${four}database: {${settings}}\n`).resources.find(({ kind }) => kind === 'release')?.spec,
    )
  expect(args('tier: db-custom-4-15360')).not.toContain('--private-ip')
  expect(args('publicIp: false, privateNetwork: main')).toContain('"--private-ip"')
  expect(args('publicIp: false, psc: {enabled: true}')).toContain('"--psc"')
  expect(args('publicIp: false, psc: {enabled: true}')).not.toContain('--private-ip')
})
