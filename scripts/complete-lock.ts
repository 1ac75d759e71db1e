// Adds to package-lock.json the optional packages of other platforms that a registry did not have when the lock file was
// made: without them `npm ci` finds the lock file out of step. They are named with version, system and processor, so that
// no other machine tries to install them; a registry that has them adds the rest at the next `npm install`.
import { readFileSync, writeFileSync } from 'node:fs'

interface Entry {
  readonly version?: string
  readonly dev?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const path = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, Entry> }

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
]
const processors = [
  'arm64',
  'arm',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
]
const named = (name: string, words: readonly string[]) =>
  words.filter(word => name.split(/[-/]/).includes(word))

const added = Object.values(lock.packages).flatMap(({ optionalDependencies = {}, dev = false }) =>
  Object.entries(optionalDependencies).flatMap(([name, version]) => {
    const key = `node_modules/${name}`
    if (lock.packages[key] !== undefined || !/^\d/.test(version)) return []
    const [os, cpu] = [named(name, systems), named(name, processors)]
    // Nothing runs on a processor of no known name: such a package is left to registries that describe it.
    const entry = {
      version,
      cpu: cpu.length > 0 ? cpu : ['none'],
      ...(os.length > 0 ? { os } : {}),
      ...(dev ? { dev } : {}),
      optional: true,
    }
    return [[key, entry] as const]
  }),
)
const sorted = Object.entries({ ...lock.packages, ...Object.fromEntries(added) }).sort(([a], [b]) =>
  a < b ? -1 : 1,
)
writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`)
console.log(`${added.length} added`)
