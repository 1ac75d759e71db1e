import { corpus } from './corpus.ts'
import { everyGoogleKind, everyGoogleKindChanged } from './files.ts'

/** mulberry32: numbers from 0 to 1, the same for the same seed. */
export const numbers = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const asText = (value: string | Uint8Array): string =>
  typeof value === 'string' ? value : Buffer.from(value).toString('latin1')

/** What mutants are made of: files that work, files that are known to be wrong but not huge. */
const parents: readonly string[] = [
  everyGoogleKind,
  everyGoogleKindChanged,
  'app: skypilot\nproject: acme-ml\nlocation: us-central1\nstate: cloudsql\n',
  'app: skypilot\nproject: acme-ml\nlocation: us-east5-b\nstate: cloudsql\ndatabase: {auth: password}\nlogin: {env: LOGIN, version: 2}\nrelease:\n  values:\n    ingress: {host: sky.acme.com, tls: {enabled: true}}\n',
  ...Object.values(corpus)
    .map(asText)
    .filter(text => text.length < 20_000),
]

const bits = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ': ',
    '- ',
    '? ',
    '&a ',
    '*a',
    '!!',
    '!!js/function ',
    '<<: *a',
    '|',
    '>',
    '#',
    '---',
  ],
  ...[
    '"',
    "'",
    '\\',
    '\n',
    '\r',
    '\t',
    '  ',
    '\u0000',
    '\uFEFF',
    '\u2028',
    '\uD800',
    '\u0085',
    '%YAML 9.9',
    '$ref',
  ],
  ...[
    'null',
    'true',
    '1e400',
    '-0',
    '0x1F',
    '.nan',
    '.inf',
    '1_000',
    '2026-01-01',
    '9'.repeat(40),
    '__proto__: {}',
  ],
  ...[
    '{$ref: "address/lab#address"}',
    '{$ref: "cluster/"}',
    '{secret: x}',
    '{env: X, version: 1}',
    'releases:',
    'use:',
  ],
]

type Draw = (below: number) => number

const cut = (text: string, draw: Draw): readonly [string, string, string] => {
  const [a, b] = [draw(text.length + 1), draw(Math.min(60, text.length) + 1)]
  return [text.slice(0, a), text.slice(a, a + b), text.slice(a + b)]
}

const pick = <T>(all: readonly T[], draw: Draw, otherwise: T): T => all[draw(all.length)] ?? otherwise

const linesOf = (text: string): string[] => text.split('\n')

/** One change to a text. */
const steps: readonly ((text: string, draw: Draw) => string)[] = [
  (text, draw) => cut(text, draw).toSpliced(1, 1).join(''),
  (text, draw) =>
    cut(text, draw)
      .toSpliced(1, 1, pick(bits, draw, ''))
      .join(''),
  (text, draw) =>
    cut(text, draw)
      .toSpliced(1, 0, pick(bits, draw, ''))
      .join(''),
  (text, draw) => {
    const [before, middle, after] = cut(text, draw)
    return before + middle.repeat(1 + draw(30)) + after
  },
  (text, draw) => {
    const lines = linesOf(text)
    return lines.toSpliced(draw(lines.length), 0, pick(lines, draw, '')).join('\n')
  },
  (text, draw) => {
    const lines = linesOf(text)
    return lines.toSpliced(draw(lines.length), 1 + draw(3)).join('\n')
  },
  (text, draw) => {
    const lines = linesOf(text)
    const at = draw(lines.length)
    return lines.with(at, ' '.repeat(draw(6)) + (lines[at] ?? '').trimStart()).join('\n')
  },
  (text, draw) =>
    text.replace(/: [^\n{[]+/g, value => (draw(20) === 0 ? `: ${pick(bits, draw, '')}` : value)),
  (text, draw) => {
    const [mine, other] = [linesOf(text), linesOf(pick(parents, draw, ''))]
    return [...mine.slice(0, draw(mine.length)), ...other.slice(draw(other.length))].join('\n')
  },
  (text, draw) => text.slice(0, draw(text.length + 1)),
]

/** A text that descends from a file by a few changes; the same for the same seed. */
export const mutant = (seed: number): string => {
  const next = numbers(seed)
  const draw: Draw = below => Math.floor(next() * below)
  let text = pick(parents, draw, '')
  for (let left = 1 + draw(6); left > 0; left--) text = pick(steps, draw, (same: string) => same)(text, draw)
  return text.slice(0, 50_000)
}
