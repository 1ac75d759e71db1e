import { parseAllDocuments, type Tags } from 'yaml'
import { isObject, type Json, type JsonObject } from '../core/json.ts'
import { HelmError } from './port.ts'

/** One document of a stream of manifests. */
export interface ManifestDocument {
  readonly object: JsonObject
  /** The template that made it: the `# Source:` comment, or ''. */
  readonly source: string
}

/**
 * Kubernetes and Helm read YAML 1.1 booleans and octals, but neither its times nor its base 60 numbers
 * (sigs.k8s.io/yaml, which is go-yaml 2).
 */
const asKubernetes = (tags: Tags): Tags =>
  tags.filter(
    tag =>
      typeof tag === 'string' ||
      !(('format' in tag && tag.format === 'TIME') || tag.tag === 'tag:yaml.org,2002:timestamp'),
  )

/** Parses YAML the way Kubernetes does. `what` names it in errors. @throws HelmError */
export const parseYaml = (text: string, what: string): readonly ManifestDocument[] =>
  parseAllDocuments(text, { version: '1.1', customTags: asKubernetes, uniqueKeys: false, logLevel: 'silent' })
    .map(document => {
      const [error] = document.errors
      if (error !== undefined)
        throw new HelmError(`${what} is not valid YAML: ${error.message.split('\n')[0]}`)
      const comment = `${document.commentBefore ?? ''}\n${document.contents?.commentBefore ?? ''}`
      const source = /^\s*Source: (.+)$/m.exec(comment)?.[1]?.trim() ?? ''
      // JSON has no undefined, NaN or Map: one round trip gives what would be sent.
      const value = JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: 100 }) ?? null)) as Json
      return { value, source }
    })
    .flatMap(({ value, source }) => (isObject(value) ? [{ object: value, source }] : []))

/** The first document of a text, `{}` if there is none. @throws HelmError */
export const parseOne = (text: string, what: string): JsonObject => parseYaml(text, what)[0]?.object ?? {}
