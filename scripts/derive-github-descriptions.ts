/**
 * Derives `__tests__/github/descriptions/github.json`: GitHub's own OpenAPI description, cut down to the
 * operations that the fake GitHub of the tests answers. `@octokit/openapi` is not a dependency; install it
 * anywhere and name its folder:
 *
 *   npm install --prefix "$DIR" @octokit/openapi@23.0.2
 *   node scripts/derive-github-descriptions.ts "$DIR/node_modules/@octokit/openapi"
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
type JsonObject = { readonly [key: string]: Json }

/** What is kept, below `/repos/{owner}/{repo}`: path and methods. */
const OPERATIONS: readonly (readonly [path: string, methods: string])[] = [
  ['', 'get'],
  ['/issues/{issue_number}/comments', 'get post'],
  ['/issues/comments/{comment_id}', 'get patch delete'],
  ['/pulls', 'get'],
  ['/pulls/{pull_number}', 'get'],
  ['/pulls/{pull_number}/files', 'get'],
  ['/pulls/{pull_number}/commits', 'get'],
  ['/pulls/{pull_number}/reviews', 'get'],
  ['/commits', 'get'],
  ['/commits/{ref}', 'get'],
  ['/commits/{commit_sha}/pulls', 'get'],
  ['/compare/{basehead}', 'get'],
  ['/git/trees/{tree_sha}', 'get'],
  ['/git/blobs/{file_sha}', 'get'],
  ['/git/commits/{commit_sha}', 'get'],
  ['/git/ref/{ref}', 'get'],
  ['/git/matching-refs/{ref}', 'get'],
  ['/contents/{path}', 'get'],
  ['/branches/{branch}', 'get'],
  ['/deployments', 'get post'],
  ['/deployments/{deployment_id}', 'get'],
  ['/deployments/{deployment_id}/statuses', 'get post'],
  ['/deployments/{deployment_id}/statuses/{status_id}', 'get'],
  ['/environments', 'get'],
  ['/environments/{environment_name}', 'get put'],
  ['/environments/{environment_name}/deployment-branch-policies', 'get post'],
  ['/environments/{environment_name}/deployment-branch-policies/{branch_policy_id}', 'delete'],
  ['/branches/{branch}/protection', 'get'],
  ['/rulesets', 'get post'],
  ['/rulesets/{ruleset_id}', 'get put'],
  ['/actions/variables', 'get post'],
  ['/actions/variables/{name}', 'patch'],
  ['/actions/permissions', 'get'],
  ['/actions/permissions/selected-actions', 'get'],
  ['/actions/permissions/workflow', 'get'],
  ['/actions/runs', 'get'],
  ['/actions/runs/{run_id}', 'get'],
  ['/actions/runs/{run_id}/attempts/{attempt_number}', 'get'],
  ['/actions/runs/{run_id}/artifacts', 'get'],
  ['/actions/runs/{run_id}/jobs', 'get'],
  ['/actions/runs/{run_id}/attempts/{attempt_number}/jobs', 'get'],
  ['/actions/workflows/{workflow_id}/runs', 'get'],
  ['/actions/artifacts', 'get'],
  ['/actions/artifacts/{artifact_id}', 'get'],
  ['/actions/artifacts/{artifact_id}/{archive_format}', 'get'],
  ['/actions/oidc/customization/sub', 'get'],
  ['/collaborators/{username}/permission', 'get'],
  ['/rules/branches/{branch}', 'get'],
  ['/codeowners/errors', 'get'],
]

/** What is kept besides: whole paths, all of them GETs. */
const ELSEWHERE: readonly string[] = ['/users/{username}', '/orgs/{org}/teams/{team_slug}']

/** The JSON-schema words that the checker in the tests understands; all others are text for people. */
const WORDS = new Set([
  ...[
    '$ref',
    'type',
    'nullable',
    'enum',
    'format',
    'pattern',
    'required',
    'oneOf',
    'anyOf',
    'allOf',
    'items',
  ],
  ...[
    'minLength',
    'maxLength',
    'minimum',
    'maximum',
    'minItems',
    'maxItems',
    'additionalProperties',
    'properties',
  ],
])

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const objectAt = (value: Json | undefined, what: string): JsonObject => {
  if (!isObject(value)) throw new Error(`The description has no ${what}; is this @octokit/openapi 23?`)
  return value
}

const listAt = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : [])

const trim = (schema: Json): Json => {
  if (Array.isArray(schema)) return schema.map(trim)
  if (!isObject(schema)) return schema
  const kept = Object.entries(schema).filter(([word]) => WORDS.has(word))
  return Object.fromEntries(
    kept.map(([word, value]) => [word, word === 'properties' ? trimEach(value) : trim(value)] as const),
  )
}

const trimEach = (properties: Json): Json =>
  Object.fromEntries(Object.entries(objectAt(properties, 'properties')).map(([name, s]) => [name, trim(s)]))

const refsIn = (value: Json): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(refsIn)
  if (!isObject(value)) return []
  const own = typeof value.$ref === 'string' ? [value.$ref] : []
  return [...own, ...Object.values(value).flatMap(refsIn)]
}

const source = process.argv[2]
if (source === undefined) throw new Error('Usage: derive-github-descriptions.ts FOLDER_OF_@octokit/openapi')
const read = (file: string): JsonObject =>
  objectAt(JSON.parse(readFileSync(join(source, file), 'utf8')), file)
const api = read('generated/api.github.com.json')
const components = objectAt(api.components, 'components')

const resolve = (value: Json): JsonObject => {
  const object = objectAt(value, 'object')
  if (typeof object.$ref !== 'string') return object
  const [kind = '', name = ''] = object.$ref.replace('#/components/', '').split('/')
  return resolve(objectAt(components[kind], kind)[name] ?? null)
}

const jsonSchema = (holder: JsonObject): Json => {
  if (!isObject(holder.content)) return null
  const media = holder.content['application/json']
  return isObject(media) && media.schema !== undefined ? trim(media.schema) : null
}

const operation = (path: string, method: string): JsonObject => {
  const item = objectAt(objectAt(api.paths, 'paths')[path], path)
  const described = objectAt(item[method], `${method} ${path}`)
  const parameters = [...listAt(item.parameters), ...listAt(described.parameters)].map(resolve)
  const body = described.requestBody === undefined ? undefined : resolve(described.requestBody)
  const responses = Object.entries(objectAt(described.responses, 'responses'))
  return {
    id: described.operationId ?? '',
    method: method.toUpperCase(),
    path,
    parameters: parameters.map(p => ({
      name: p.name ?? '',
      in: p.in ?? '',
      required: p.required === true,
      schema: trim(p.schema ?? {}),
    })),
    ...(body && { body: jsonSchema(body), bodyRequired: body.required === true }),
    responses: Object.fromEntries(responses.map(([status, answer]) => [status, jsonSchema(resolve(answer))])),
  }
}

const operations = [
  ...OPERATIONS.flatMap(([path, methods]) =>
    methods.split(' ').map(method => operation(`/repos/{owner}/{repo}${path}`, method)),
  ),
  ...ELSEWHERE.map(path => operation(path, 'get')),
]

const schemas = new Map<string, Json>()
const queue = refsIn(operations).slice()
for (let ref = queue.pop(); ref !== undefined; ref = queue.pop()) {
  const name = ref.replace('#/components/schemas/', '')
  if (schemas.has(name)) continue
  const schema = trim(objectAt(components.schemas, 'schemas')[name] ?? null)
  schemas.set(name, schema)
  queue.push(...refsIn(schema))
}

const version = read('package.json').version ?? 'unknown'
const target = new URL('../__tests__/github/descriptions/github.json', import.meta.url)
const sorted = Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1)))
const text = `${JSON.stringify({ source: `@octokit/openapi ${String(version)}`, operations, schemas: sorted })}\n`
writeFileSync(target, text)
console.log(`${operations.length} operations, ${schemas.size} schemas, ${text.length} bytes`)
