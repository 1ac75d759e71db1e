const valid = 'project: acme-ml\nlocation: us-central1\n'

const nested = (open: string, close: string, depth: number): string =>
  `a: ${open.repeat(depth)}${close.repeat(depth)}\n`

const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...[...'bcdefghi'].map(
    (name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[index]}`).join(', ')}]`,
  ),
].join('\n')

/** Files that are wrong, by what is wrong with them. Each must be answered with a place and a sentence. */
export const corpus: Readonly<Record<string, string | Uint8Array>> = {
  'alias-bomb': bomb,
  'duplicate-keys': `${valid}project: other\n`,
  tabs: 'project: acme-ml\ncluster:\n\tname: x\n',
  nul: 'project: acme\u0000ml\nlocation: us-central1\n',
  'five-megabytes': `${valid}# ${'x'.repeat(5 * 1024 * 1024)}\n`,
  'five-megabytes-of-keys': Array.from({ length: 300_000 }, (_, index) => `key${index}: value\n`).join(''),
  'wrong-type': 'project: [a]\nlocation: {x: 1}\ncluster: 5\n',
  'unknown-key': `${valid}clusterr: {name: x}\n`,
  proto: `${valid}__proto__: {polluted: true}\n`,
  constructor: `${valid}constructor: {prototype: {polluted: true}}\n`,
  'proto-deeper': `${valid}nodePools: {__proto__: {machineType: e2-standard-4}}\n`,
  'to-string': `${valid}toString: x\nhasOwnProperty: y\n`,
  'number-version': `${valid}cluster: {name: a, mode: autopilot, version: 1.30}\n`,
  bom: '\uFEFFproject: 5\nlocation: us-central1\n',
  crlf: 'project: acme-ml\r\nlocation: us-central1\r\nclusterr: {}\r\n',
  'cr-only': 'project: acme-ml\rlocation: us-central1\rclusterr: {}\r',
  empty: '',
  blank: '\n\n   \n',
  comment: '# nothing here\n',
  null: 'null\n',
  scalar: 'hello\n',
  list: '- project: acme-ml\n',
  'two-documents': `${valid}---\n${valid}`,
  binary: Uint8Array.from({ length: 4096 }, (_, index) => (index * 167 + 13) % 256),
  'bad-utf8': Uint8Array.from([0x70, 0x3a, 0x20, 0xff, 0xfe, 0xc0, 0x80, 0x0a]),
  'utf-16': Buffer.from(`\uFEFF${valid}`, 'utf16le'),
  'deep-flow': nested('[', ']', 5_000),
  'deep-maps': nested('{a: ', '}', 5_000),
  'deep-block': Array.from({ length: 400 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''),
  'js-function': `${valid}cluster: !!js/function 'function () { return 1 }'\n`,
  'python-object': `${valid}cluster: !!python/object/apply:os.system ['id']\n`,
  'binary-tag': `${valid}cluster: !!binary aGVsbG8=\n`,
  'custom-tag': `${valid}cluster: !include other.yaml\n`,
  'merge-key': `base: &base {name: x}\n${valid}cluster:\n  <<: *base\n  mode: autopilot\n`,
  'unknown-anchor': `${valid}cluster: *nowhere\n`,
  'recursive-anchor': `${valid}cluster: &c {name: x, mode: autopilot, labels: *c}\n`,
  unclosed: 'project: "acme-ml\nlocation: [us-central1\n',
  'number-keys': `${valid}1: 2\ntrue: false\nnull: null\n`,
  'complex-key': `${valid}? [a, b]\n: c\n`,
  'huge-number': `${valid}cluster: {name: a, mode: standard}\nnodePools: {main: {diskGb: 1e400, nodes: -0x10}}\n`,
  timestamp: `${valid}cluster: 2026-01-01\n`,
  directive: `%YAML 1.1\n%TAG ! tag:evil.example.com,2000:\n---\n${valid}cluster: yes\n`,
  'control-characters': `${valid}cluster: {name: "\\u001b[31mred\\u0007", mode: autopilot}\n`,
  'long-line': `${valid}cluster: {name: ${'x'.repeat(100_000)}, mode: autopilot}\n`,
  'workflow-command': `${valid}"::error file=x::owned": 1\n"::set-output name=a::b": 2\n`,
}
