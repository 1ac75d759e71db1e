import { type Json, type JsonObject, type Path, showPath, valueAt } from '../../core/json.ts'
import type { Problem } from '../../core/problem.ts'
import { isReference, isText } from '../../core/reference.ts'
import { masked } from '../../kinds/release/mask.ts'
import { differences } from '../../kinds/release/project.ts'
import { type Check, type Checked, entriesAt, objectAt, placeIn } from './check.ts'
import { hasOwnRefusal } from './skypilot-release.ts'

/**
 * Secrets that stand in the file in clear: what Git, the plan and helm's stored release hold, everybody can read. What is
 * put together from references (`$ref`, `$text`) is meant so and passes.
 */
export const checkPlainSecrets: Check = checked => ({
  problems: [...plainAddresses(checked), ...plainValues(checked), ...plainLiterals(checked)],
})

/** A chart is pulled, and a server asked, without a login; the plan shows both addresses to everybody. */
const plainAddresses = (checked: Checked): readonly Problem[] =>
  entriesAt(checked.document, ['releases']).flatMap(([name, release]) =>
    [['repository'], ['health', 'url']].flatMap(path => {
      const value = valueAt(release, path)
      if (typeof value !== 'string' || masked(value) === value) return []
      return [
        {
          message: `${path.at(-1)}: a password in an address does not belong in a file, and everyone who can read the file could use it.`,
          advice:
            'Take it out, and change it: charts are pulled without a login, and the health check has `health.login`.',
          position: placeIn(checked, ['releases', name, ...path]),
        },
      ]
    }),
  )

const plainValues = (checked: Checked): readonly Problem[] =>
  entriesAt(checked.document, ['releases']).flatMap(([name, release]) => {
    const values = objectAt(release, ['values'])
    const found = differences(values, masked(values)).filter(path => !hasOwnRefusal(release, path))
    return found.map(path => ({
      message: `${showPath(path)}: the value looks like a secret, and everyone who can read the file could use it.`,
      advice: `Put it into a Kubernetes Secret (\`namespaces.NAME.secrets\`) and give the chart the Secret’s name. ${noSecret}`,
      position: placeIn(checked, ['releases', name, 'values', ...path]),
    }))
  })

const noSecret = 'If it is none, say so by writing the text as `{$text: ["…"]}`.'

/** `connection_string` is not among them: one without a password is no secret. */
const telling = /(pass(word|wd|phrase)?|token|api[-_]?key|private[-_]?key|client[-_]?secret)$/i

const plainLiterals = (checked: Checked): readonly Problem[] =>
  secretsIn(checked.document).flatMap(({ path, data }) =>
    Object.entries(data).flatMap(([key, source]) => {
      if (!isPlain(key, source)) return []
      return [
        {
          message: `${key}: a literal is for what is no secret, and everyone who can read the file could use this one.`,
          advice: `Store it in Secret Manager (gcloud secrets create NAME --data-file -) and write \`{from: secret, secret: NAME, version: …}\`. ${noSecret}`,
          position: placeIn(checked, [...path, 'data', key]),
        },
      ]
    }),
  )

const secretsIn = (document: JsonObject): readonly { readonly path: Path; readonly data: JsonObject }[] =>
  entriesAt(document, ['namespaces']).flatMap(([namespace]) =>
    entriesAt(document, ['namespaces', namespace, 'secrets']).map(([name]) => {
      const path = ['namespaces', namespace, 'secrets', name]
      return { path, data: objectAt(document, [...path, 'data']) }
    }),
  )

const isPlain = (key: string, source: Json): boolean => {
  const { from, value } = source as JsonObject
  if (from !== 'literal' || value === undefined || isText(value) || isReference(value)) return false
  return (telling.test(key) && value !== '') || masked(value) !== value
}
