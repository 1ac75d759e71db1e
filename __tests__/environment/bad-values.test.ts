import { describe, expect, test } from '@jest/globals'
import { complaints, four } from './load.ts'

const say = (line: string, advice?: string) =>
  `e/dev.yaml:${line}${advice === undefined ? '' : `\n  ${advice}`}`

describe('lines that are wrong by themselves', () => {
  test.each([
    [
      'a version without quotes',
      `${four}cluster:\n  version: 1.30\n`,
      say(
        '6:12  version: expected text, got the number 1.30 (which YAML reads as 1.3).',
        'Write it in quotes: "1.30".',
      ),
    ],
    [
      'a number in quotes',
      `${four}database: {diskGb: "10"}\n`,
      say('5:20  diskGb: expected a number, got text.', 'Write it without quotes.'),
    ],
    [
      'a number with a unit',
      `${four}database: {diskGb: 50GB}\n`,
      say('5:20  diskGb: expected a number, got text.', 'Write the number alone, without a unit.'),
    ],
    [
      'a yes',
      `${four}database: {deletionProtection: yes}\n`,
      say('5:32  deletionProtection: expected true or false, got text.', 'Write true or false.'),
    ],
    [
      'a key of another form',
      `${four}login: {secret: mine, version: 3}\n`,
      say('5:23  version: has no place beside secret.', 'Take it out, or write the other form.'),
    ],
    [
      'settings of a cluster that is only used',
      `${four}cluster: {use: main, channel: RAPID}\n`,
      say('5:22  channel: has no place beside use.', 'Take it out, or write the other form.'),
    ],
    [
      'a cluster of which only the name is told',
      'project: acme-ml\nlocation: us-central1\ncluster: {name: main}\n',
      say('3:1  mode: is missing in cluster.', 'Add a line `mode: …`.'),
    ],
    [
      'a user without a password',
      'project: acme-ml\nlocation: us-central1\ndatabase:\n  version: POSTGRES_16\n  tier: db-custom-2-7680\n  users: {app: {type: built-in}}\n',
      say('6:16  password: is missing in sql-user/app.', 'Add a line `password: …`.'),
    ],
    [
      'an unknown key, near a known one',
      `${four}database:\n  edtion: ENTERPRISE\n`,
      say('6:3  edtion: unknown key. Did you mean edition?'),
    ],
    ['an unknown line', `${four}locaton: x\n`, say('5:1  locaton: unknown key. Did you mean location?')],
    [
      'an unknown preset',
      'app: skipilot\nproject: acme-ml\nlocation: us-central1\n',
      say('1:6  app: "skipilot" must be skypilot.', 'Did you mean skypilot?'),
    ],
    [
      'Flyte',
      'app: flyte\nproject: acme-ml\nlocation: us-central1\n',
      say(
        '1:6  app: flyte: this version of Slipway does not have it yet.',
        'It has `app: skypilot`; Flyte can be described in the long form, with `releases`.',
      ),
    ],
    [
      'a disk',
      'app: skypilot\nproject: acme-ml\nlocation: us-central1\nstate: disk\n',
      say('4:8  state: disk: this version of Slipway does not have it yet.', 'Use `state: cloudsql`.'),
    ],
    [
      'a section to come',
      `${four}disks: {}\n`,
      say('5:1  disks: this version of Slipway does not have it yet.'),
    ],
    [
      'a configuration',
      `${four}config: {a: 1}\n`,
      say(
        '5:1  config: with `state: cloudsql` the server keeps its configuration in the database, not in a file.',
        'Take it out and set it in the dashboard. A later version will set it through the server itself.',
      ),
    ],
    [
      'no state',
      'app: skypilot\nproject: acme-ml\nlocation: us-central1\n',
      say(
        '1:1  state: is missing: with `app: skypilot` it says where the state is kept.',
        'Add a line `state: cloudsql`.',
      ),
    ],
    [
      'no project',
      'app: skypilot\nlocation: us-central1\nstate: cloudsql\n',
      say('1:1  project: is missing in the file.', 'Add a line `project: …`.'),
    ],
    [
      'an empty project',
      'app: skypilot\nproject:\nlocation: us-central1\nstate: cloudsql\n',
      say('2:1  project: expected text, got nothing.', 'Write a value, or take the line out.'),
    ],
    [
      'a continent',
      'app: skypilot\nproject: acme-ml\nlocation: us\nstate: cloudsql\n',
      say('3:11  location: "us" is neither a region (us-central1) nor a zone (us-central1-a).'),
    ],
    [
      'the number of a project',
      'app: skypilot\nproject: 123456789\nlocation: us-central1\nstate: cloudsql\n',
      say('2:10  project: expected text, got the number 123456789.', 'Write it in quotes: "123456789".'),
    ],
    [
      'a login in the file',
      `${four}login: sky:hunter2\n`,
      say('5:8  login: expected a map (`key: value` lines), got text.'),
    ],
    [
      'a login of a value without version',
      `${four}login: {env: LOGIN}\n`,
      say('5:1  version: is missing in login.', 'Add a line `version: …`.'),
    ],
    [
      'a word of the preset without it',
      'project: acme-ml\nlocation: us-central1\nlogin: {secret: x}\n',
      say('3:1  login: only a file with `app: skypilot` has it.', 'Add that line, or take this one out.'),
    ],
    [
      'auth in the long form',
      'project: acme-ml\nlocation: us-central1\ndatabase: {auth: iam, version: POSTGRES_16, tier: db-custom-2-7680}\n',
      say('3:12  auth: only a file with `app: skypilot` has it; in the long form say `database.users`.'),
    ],
    [
      'another auth',
      `${four}database: {auth: pasword}\n`,
      say('5:18  auth: is iam or password.', 'Leave it out for iam.'),
    ],
    [
      'one release twice',
      `${four}release: {version: 0.13.0}\nreleases:\n  skypilot: {}\n`,
      say('5:1  release: and releases.skypilot are the same release.', 'Keep one of them.'),
    ],
    [
      'a tier that there is not',
      `${four}database: {tier: db-custom-3-7680}\n`,
      expect.stringMatching(/^e\/dev\.yaml:5:18 {2}tier: .*db-custom-3-7680/),
    ],
    [
      'a tier of the other edition',
      `${four}database: {edition: ENTERPRISE_PLUS}\n`,
      expect.stringMatching(/tier: .*db-custom-2-7680.*ENTERPRISE/),
    ],
    [
      'an autoscaler upside down',
      `${four}nodePools:\n  gpu: {autoscaling: {min: 3, max: 1}}\n`,
      expect.stringMatching(/^e\/dev\.yaml:6:28 {2}min: .*min must not be above max/),
    ],
    [
      'a long name',
      `name: a-name-that-is-much-too-long\n${four}`,
      expect.stringMatching(
        /^e\/dev\.yaml:1:7 {2}name: "a-name-that-is-much-too-long" must begin with a letter/,
      ),
    ],
    [
      'a bad pool name',
      `${four}nodePools:\n  GPU: {}\n`,
      say('6:3  "GPU" is not a name: a-z, 0-9 and hyphens, beginning with a letter.'),
    ],
    [
      'an address that is none',
      `${four}use: [nodes]\n`,
      say(
        '5:7  use[0]: "nodes" is not an address: KIND/NAME, as in the plan, for example sql-instance/prod.',
      ),
    ],
    [
      'use of what is not there',
      `${four}use: [service-account/other]\n`,
      say(
        '5:7  use: nothing in this file has the address service-account/other.',
        'Name something that is in the plan, by its address there.',
      ),
    ],
    [
      'use of what is needed',
      `${four}use: [address/dev]\n`,
      say(
        '5:7  use: release/skypilot needs a value of address/dev, which only the file that owns it knows.',
        'Make it here, or write the value out where it is needed.',
      ),
    ],
    [
      'use of the cluster',
      `${four}use: [cluster/dev]\n`,
      say('5:7  use: a cluster is shared in its own section.', 'Write `cluster: {use: dev}`.'),
    ],
    [
      'a value of what is not there',
      `${four}release: {values: {a: {$ref: "secret/other#version"}}}\n`,
      say(
        '5:20  releases.skypilot.values.a: "secret/other#version" refers to what this file does not make.',
        'Add it in its own section, or write the value out. An output is called by its address in the plan, `secret/NAME#version`.',
      ),
    ],
    [
      'a value of a secret that is taken away',
      `${four}secrets: {login: null}\n`,
      expect.stringMatching(
        /^e\/dev\.yaml:1:1 {2}namespaces\.skypilot\.secrets\.\S+: "secret\/login#version" refers to what/,
      ),
    ],
    [
      'a value that is not given',
      `${four}release: {values: {a: {$text: [x, {$ref: "address/dev#adress"}]}}}\n`,
      say(
        '5:35  releases.skypilot.values.a.$text.1: "address/dev#adress" is no value that is given.',
        'After the # may stand: address.',
      ),
    ],
    [
      'a value of what gives none',
      `${four}release: {values: {a: {$ref: "namespace/skypilot#name"}}}\n`,
      say(
        '5:20  releases.skypilot.values.a: "namespace/skypilot#name" is no value that is given.',
        'Nothing can refer to it: write the value out.',
      ),
    ],
    [
      'delete of an unknown kind',
      `${four}delete: [bucket/x]\n`,
      expect.stringMatching(/^e\/dev\.yaml:5:10 {2}delete: bucket is not a kind of resource\./),
    ],
  ])('%s', (_, text, expected) => {
    expect(complaints(text)).toEqual([expected])
  })

  test('many at once, in the order of the file', () => {
    const text = `${four}loadBalanser: 1\ndatabase:\n  diskGb: ten\ncluster: {version: 1.30}\nnames: {usr: x}\n`
    expect(complaints(text).map(line => line.split('\n')[0])).toEqual([
      'e/dev.yaml:5:1  loadBalanser: unknown key.',
      'e/dev.yaml:7:11  diskGb: expected a number, got text.',
      'e/dev.yaml:8:20  version: expected text, got the number 1.30 (which YAML reads as 1.3).',
      'e/dev.yaml:9:9  usr: unknown key. Did you mean user?',
    ])
  })

  test('a text is not repeated where it may be a secret', () => {
    expect(
      complaints(`${four}login: sky:hunter2\nsecrets: hunter2\ndatabase: [hunter2]\n`).join('\n'),
    ).not.toContain('hunter2')
  })
})
