import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'

const root = resolve(import.meta.dirname, '..')
const source = join(root, 'src')

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts'))
  .map(name => join(source, name))

/** What a file imports, as paths below src; packages as their names. */
const importsOf = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s+'([^']+)'/g)].map(([, name = '']) =>
    name.startsWith('.') ? relative(source, resolve(dirname(file), name)) : name,
  )

/** The room that a path below src belongs to: a kind, the emulator, a port, … */
const roomOf = (path: string): string => {
  const [first = '', second = ''] = path.split('/')
  if (first === 'kinds') return second.endsWith('.ts') || second === 'shared' ? 'kinds' : `kinds/${second}`
  return first
}

/** Who may import whom, besides itself. Roots build everything and may import all but the emulator. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: [],
  cache: ['core'],
  http: [],
  render: ['core'],
  emulator: ['core'],
  gcp: ['core', 'http'],
  kubernetes: ['core', 'cache', 'http'],
  helm: ['core', 'cache', 'http'],
  github: ['core', 'render'],
  kinds: ['core', 'gcp', 'kubernetes', 'helm'],
  environment: ['core', 'kinds'],
  import: ['core', 'kinds', 'environment', 'commands', 'render', 'gcp', 'kubernetes', 'helm'],
  commands: ['core', 'kinds', 'environment', 'render', 'gcp', 'kubernetes', 'helm'],
  setup: ['core', 'kinds/grant'],
  bootstrap: ['core', 'setup', 'gcp', 'github', 'kinds', 'kinds/grant', 'kinds/service'],
}
const roots = ['main.ts', 'cli.ts', 'compose.ts', 'action', 'cli']

const mayImport = (from: string, to: string): boolean => {
  const [mine, theirs] = [roomOf(from), roomOf(to)]
  if (mine === theirs) return true
  if (theirs === 'emulator') return mine === 'cli'
  if (roots.includes(mine)) return true
  if (from === 'kinds/registry.ts') return theirs.startsWith('kinds')
  if (theirs.startsWith('kinds/'))
    return ['environment', 'import'].includes(mine) || (allowed[mine] ?? []).includes(theirs)
  return (
    (allowed[mine.startsWith('kinds/') ? 'kinds' : mine] ?? []).includes(theirs) ||
    (mine.startsWith('kinds/') && theirs === 'kinds')
  )
}

describe('rooms', () => {
  test('every import goes the way that the architecture allows', () => {
    const wrong = files.flatMap(file => {
      const from = relative(source, file)
      return importsOf(file)
        .filter(to => to.endsWith('.ts') && !mayImport(from, to))
        .map(to => `${from} → ${to}`)
    })
    expect(wrong).toEqual([])
  })
  test('the core and the set-up do no I/O', () => {
    const wrong = files
      .filter(file => ['core', 'setup'].includes(roomOf(relative(source, file))))
      .flatMap(file =>
        importsOf(file).filter(
          name => /^node:/.test(name) && !['node:crypto', 'node:util', 'node:timers/promises'].includes(name),
        ),
      )
    expect(wrong).toEqual([])
  })
  test('no file is too long to be read in a minute or two', () => {
    const long = files.filter(file => readFileSync(file, 'utf8').split('\n').length > 251)
    expect(long.map(file => relative(source, file))).toEqual([])
  })
})

test('every slow test is run by a command that the gate runs', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>
  }
  const gate = readFileSync(join(root, '.ci/run'), 'utf8')
  const folders = Object.entries(scripts)
    .filter(([name]) => name.startsWith('test:') && gate.includes(`npm run --silent ${name}\n`))
    .flatMap(([, command]) => command.split(' ').filter(word => word.startsWith('__tests__/e2e/')))
  const slow = readdirSync(join(root, '__tests__/e2e'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.ts'))
    .map(name => `__tests__/e2e/${name}`)
  expect(slow.length).toBeGreaterThan(30)
  expect(slow.filter(name => !folders.some(folder => name.startsWith(folder)))).toEqual([])
})
