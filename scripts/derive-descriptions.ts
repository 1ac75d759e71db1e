// Reduces Google's discovery documents to what the emulator needs, one JSON file an API:
//   node scripts/derive-descriptions.ts DISCOVERY_FOLDER
// The folder holds NAME.VERSION.json as Google publishes them (Apache-2.0), for instance container.v1.json.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Description, DescriptionName, Method, Schema } from '../src/emulator/description.ts'
import { routes } from '../src/emulator/routes.ts'

interface Parameter extends Schema {
  readonly location?: string
}

interface DiscoveryMethod {
  readonly id: string
  readonly httpMethod: string
  readonly path: string
  readonly flatPath?: string
  readonly parameters?: Readonly<Record<string, Parameter>>
  readonly request?: { readonly $ref: string }
  readonly response?: { readonly $ref: string }
}

interface DiscoveryResource {
  readonly methods?: Readonly<Record<string, DiscoveryMethod>>
  readonly resources?: Readonly<Record<string, DiscoveryResource>>
}

interface Discovery extends DiscoveryResource {
  readonly id: string
  readonly revision: string
  readonly parameters?: Readonly<Record<string, Parameter>>
  readonly schemas: Readonly<Record<string, Schema>>
}

const files: Readonly<Record<DescriptionName, string>> = {
  cloudresourcemanager: 'cloudresourcemanager.v1.json',
  'cloudresourcemanager-v3': 'cloudresourcemanager.v3.json',
  compute: 'compute.v1.json',
  container: 'container.v1.json',
  iam: 'iam.v1.json',
  iamcredentials: 'iamcredentials.v1.json',
  secretmanager: 'secretmanager.v1.json',
  serviceusage: 'serviceusage.v1.json',
  sql: 'sqladmin.v1.json',
  sts: 'sts.v1.json',
}

const methodsOf = ({ methods, resources }: DiscoveryResource): readonly DiscoveryMethod[] => [
  ...Object.values(methods ?? {}),
  ...Object.values(resources ?? {}).flatMap(methodsOf),
]

const mapValues = <From, To>(
  from: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> => Object.fromEntries(Object.entries(from).map(([key, value]) => [key, change(value)]))

/** Query parameters that the APIs take though their documents leave them out: gcloud sends this one with every list. */
const unwritten: Partial<Record<DescriptionName, Readonly<Record<string, Schema>>>> = {
  compute: { returnPartialSuccess: { type: 'boolean' } },
}

/** The schema without texts: types, formats, enums and read-only marks. */
function reduce(schema: Schema): Schema {
  const {
    $ref,
    type,
    format,
    enum: values,
    items,
    properties,
    additionalProperties,
    readOnly,
    repeated,
  } = schema
  return {
    ...($ref !== undefined && { $ref }),
    ...(type !== undefined && { type }),
    ...(format !== undefined && { format }),
    ...(values !== undefined && { enum: values }),
    ...(items !== undefined && { items: reduce(items) }),
    ...(properties !== undefined && { properties: mapValues(properties, reduce) }),
    ...(additionalProperties !== undefined && { additionalProperties: reduce(additionalProperties) }),
    ...(readOnly && { readOnly }),
    ...(repeated && { repeated }),
  }
}

function reduceMethod(method: DiscoveryMethod): Method {
  const query = Object.entries(method.parameters ?? {}).filter(([, { location }]) => location === 'query')
  return {
    httpMethod: method.httpMethod,
    path: method.flatPath ?? method.path,
    query: mapValues(Object.fromEntries(query), reduce),
    ...(method.request && { request: method.request.$ref }),
    ...(method.response && { response: method.response.$ref }),
  }
}

const references = (schema: Schema): readonly string[] => [
  ...(schema.$ref === undefined ? [] : [schema.$ref]),
  ...(schema.items ? references(schema.items) : []),
  ...(schema.additionalProperties ? references(schema.additionalProperties) : []),
  ...Object.values(schema.properties ?? {}).flatMap(references),
]

/** The schemas that the methods can reach. */
function reachable(discovery: Discovery, methods: readonly Method[]): Record<string, Schema> {
  const found = new Map<string, Schema>()
  const visit = (name: string): void => {
    const schema = discovery.schemas[name]
    if (schema === undefined || found.has(name)) return
    found.set(name, reduce(schema))
    for (const next of references(schema)) visit(next)
  }
  for (const { request, response } of methods) for (const name of [request, response]) if (name) visit(name)
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function derive(name: DescriptionName, folder: string): Description {
  const discovery = JSON.parse(readFileSync(join(folder, files[name]), 'utf8')) as Discovery
  const wanted = routes.filter(route => (route.description ?? route.api) === name).map(({ method }) => method)
  const known = new Map(methodsOf(discovery).map(method => [method.id, method]))
  const methods = [...new Set(wanted)].sort().map(id => {
    const method = known.get(id)
    if (method === undefined) throw new Error(`${files[name]} has no method ${id}`)
    return [id, reduceMethod(method)] as const
  })
  return {
    id: discovery.id,
    revision: discovery.revision,
    parameters: { ...mapValues(discovery.parameters ?? {}, reduce), ...unwritten[name] },
    methods: Object.fromEntries(methods),
    schemas: reachable(
      discovery,
      methods.map(([, method]) => method),
    ),
  }
}

const folder = process.argv[2]
if (folder === undefined) throw new Error('usage: node scripts/derive-descriptions.ts DISCOVERY_FOLDER')
for (const name of Object.keys(files) as DescriptionName[]) {
  const target = join(import.meta.dirname, '..', 'src', 'emulator', 'descriptions', `${name}.json`)
  writeFileSync(target, `${JSON.stringify(derive(name, folder))}\n`)
}
