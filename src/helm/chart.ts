import { isObject, type JsonObject } from '../core/json.ts'
import { filesIn } from './archive.ts'
import { parseOne } from './documents.ts'
import { type Chart, HelmError } from './port.ts'
import { mayVary } from './vary.ts'

/** What a chart's archive says about it. */
export type ChartFacts = Omit<Chart, 'path' | 'sha256'>

const deepest = 5

/** Reads Chart.yaml, the default values and the templates of an archive. @throws HelmError */
export const readChart = async (archive: Buffer, name: string): Promise<ChartFacts> => {
  const files = await filesIn(archive, name)
  const root = [...files.keys()].find(path => /^[^/]+\/Chart\.yaml$/.test(path))?.split('/')[0]
  if (root === undefined) throw new HelmError(`The archive of chart ${name} holds no Chart.yaml.`)
  return factsOf(below(files, root), name, 0)
}

const below = (files: ReadonlyMap<string, Buffer>, folder: string): ReadonlyMap<string, Buffer> =>
  new Map(
    [...files].flatMap(([path, bytes]) =>
      path.startsWith(`${folder}/`) ? [[path.slice(folder.length + 1), bytes] as const] : [],
    ),
  )

const factsOf = async (
  files: ReadonlyMap<string, Buffer>,
  name: string,
  depth: number,
): Promise<ChartFacts> => {
  const read = (path: string): JsonObject =>
    parseOne(files.get(path)?.toString('utf8') ?? '', `${path} of chart ${name}`)
  const about = read('Chart.yaml')
  const subcharts = depth < deepest ? await subchartsOf(files, name, depth) : []
  const aliases = aliasesOf(about)
  const inherited = Object.fromEntries(
    subcharts.flatMap(chart => (aliases.get(chart.name) ?? [chart.name]).map(key => [key, chart.values])),
  )
  const appVersion = about.appVersion
  return {
    name: String(about.name),
    version: String(about.version),
    ...(appVersion === undefined || appVersion === null ? {} : { appVersion: String(appVersion) }),
    values: merged(inherited, read('values.yaml')),
    lookupTemplates: [
      ...lookupTemplates(files).map(path => `${about.name}/${path}`),
      ...subcharts.flatMap(chart => chart.lookupTemplates.map(path => `${about.name}/charts/${path}`)),
    ],
    kinds: [...new Set([...kindsIn(files), ...subcharts.flatMap(chart => chart.kinds)])],
    varies:
      subcharts.some(chart => chart.varies) ||
      [...files.values()].some(bytes => mayVary(bytes.toString('utf8'))),
  }
}

const kindsIn = (files: ReadonlyMap<string, Buffer>): readonly string[] =>
  [...files].flatMap(([path, bytes]) =>
    path.startsWith('templates/')
      ? [...bytes.toString('utf8').matchAll(/^kind: *["']?(\w+)/gm)].map(([, kind = '']) => kind)
      : [],
  )

const subchartsOf = async (
  files: ReadonlyMap<string, Buffer>,
  name: string,
  depth: number,
): Promise<readonly ChartFacts[]> => {
  const folders = new Set(
    [...files.keys()].flatMap(path => /^charts\/([^/_.][^/]*)\/Chart\.yaml$/.exec(path)?.[1] ?? []),
  )
  const packed = [...files].filter(([path]) => /^charts\/[^/_.][^/]*\.tgz$/.test(path))
  const inside = await Promise.all(
    packed.map(async ([path, bytes]) => {
      const unpacked = await filesIn(bytes, `${name}/${path}`)
      return below(unpacked, [...unpacked.keys()][0]?.split('/')[0] ?? '')
    }),
  )
  const all = [...[...folders].map(folder => below(files, `charts/${folder}`)), ...inside]
  return Promise.all(all.map(chart => factsOf(chart, name, depth + 1)))
}

const aliasesOf = ({ dependencies }: JsonObject): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, readonly string[]>()
  for (const one of (Array.isArray(dependencies) ? dependencies : []).filter(isObject)) {
    const name = String(one.name)
    found.set(name, [...(found.get(name) ?? []), typeof one.alias === 'string' ? one.alias : name])
  }
  return found
}

const lookupTemplates = (files: ReadonlyMap<string, Buffer>): readonly string[] =>
  [...files]
    .filter(
      ([path, bytes]) => path.startsWith('templates/') && /\blookup\s+["'`$.(]/.test(bytes.toString('utf8')),
    )
    .map(([path]) => path)

/** `over` laid over `base`; a null in `over` stays, since it is how charts name a key without a default. */
const merged = (base: JsonObject, over: JsonObject): JsonObject => {
  const result: Record<string, JsonObject[string]> = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const under = base[key]
    result[key] = isObject(under) && isObject(value) ? merged(under, value) : value
  }
  return result
}
