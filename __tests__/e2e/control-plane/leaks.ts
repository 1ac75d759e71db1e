import { isObject, type Json, type JsonObject, valueAt } from '../../../src/core/json.ts'
import type { Emulator } from '../../../src/emulator/index.ts'
import { annotationKey } from '../../../src/kinds/kubernetes-secret/annotation.ts'
import { type AuditEntry, shownEntry } from './audit.ts'
import type { Client } from './client.ts'

/** Texts that nobody may see, each with where it comes from. */
export type Secrets = ReadonlyMap<string, string>

/** Where secrets are: a cluster with its audit log, and Secret Manager. */
export interface Sources {
  readonly plane: { readonly admin: Client; audit(): Promise<readonly AuditEntry[]> }
  readonly google: Pick<Emulator, 'state'>
}

/** Shorter ones stand in texts by chance. */
const shortest = 12

/** Parts that are public by the documentation of the Secret types: who logs in, and what a server shows to everybody. */
const publicKeys = new Set(['username', 'namespace', 'ca.crt', 'tls.crt'])

/**
 * Every text that is secret: every payload of Secret Manager, and the values of all Secrets that there are in the cluster, or
 * were by the audit log, but for helm's records and for what an environment file says literally: that stands in Git.
 */
export const secretsOf = async ({ plane, google }: Sources): Promise<Secrets> => {
  const log = await plane.audit()
  const every = async (plural: string): Promise<readonly JsonObject[]> => [
    ...(await plane.admin.items(`/api/v1/${plural}`)),
    ...log.filter(({ objectRef }) => objectRef?.resource === plural).flatMap(objectsIn),
  ]
  const literal = new Set((await every('namespaces')).flatMap(literalsIn))
  const values = (await every('secrets')).flatMap(valuesIn).filter(([, value]) => !literal.has(value))
  return new Map(
    [...values, ...payloadsIn(google)].flatMap(([where, value]) =>
      partsOf(value).map(part => [part, where] as const),
    ),
  )
}

const objectsIn = ({ requestObject, responseObject }: AuditEntry): readonly JsonObject[] =>
  [requestObject, responseObject].flatMap(one => {
    const object = one as Json | undefined
    if (!isObject(object)) return []
    return Array.isArray(object.items) ? object.items.filter(isObject) : [object]
  })

/** What an environment file says literally, by the annotation in which a namespace tells where its Secrets come from. */
const literalsIn = (namespace: JsonObject): readonly string[] => {
  const sources = valueAt(namespace, ['metadata', 'annotations', annotationKey])
  const secrets = typeof sources === 'string' ? (JSON.parse(sources) as Json) : {}
  return Object.values(isObject(secrets) ? secrets : {}).flatMap(secret =>
    Object.values(isObject(secret) ? secret : {}).flatMap(source =>
      isObject(source) && source.from === 'literal' ? [String(source.value)] : [],
    ),
  )
}

type Known = readonly [where: string, value: string]

const valuesIn = ({ type, metadata, data, stringData }: JsonObject): readonly Known[] => {
  const { namespace = '', name = '' } = (metadata ?? {}) as JsonObject
  if (type === 'helm.sh/release.v1' || String(name).startsWith('sh.helm.release.v1.')) return []
  const said = (values: Json | undefined, plain: (value: string) => string): readonly Known[] =>
    Object.entries(isObject(values) ? values : {}).flatMap(([key, value]) =>
      typeof value !== 'string' || publicKeys.has(key)
        ? []
        : [[`Secret ${String(namespace)}/${String(name)} ${key}`, plain(value)]],
    )
  return [
    ...said(data, value => Buffer.from(value, 'base64').toString()),
    ...said(stringData, value => value),
  ]
}

const payloadsIn = ({ state }: Sources['google']): readonly Known[] =>
  state.all.flatMap(({ id, secrets }) =>
    [...secrets].flatMap(([name, { versions }]) =>
      [...versions].map(
        ([version, { payload = '' }]): Known => [
          `secret ${id}/${name} ${version}`,
          Buffer.from(payload, 'base64').toString(),
        ],
      ),
    ),
  )

/** A value, the lines of a long one, and the password in `USER:PASSWORD` and in an address. Certificates are public. */
const partsOf = (value: string): readonly string[] => {
  if (value.startsWith('-----BEGIN CERTIFICATE-----')) return []
  const lines = value.split('\n').map(line => line.trim())
  return [value, ...lines, ...lines.flatMap(passwordIn)].filter(
    part => part.length >= shortest && !/^-----(BEGIN|END) /.test(part),
  )
}

const passwordIn = (line: string): readonly string[] => {
  if (URL.canParse(line) && line.includes('://')) {
    const { password } = new URL(line)
    return [password, decodeURIComponent(password)]
  }
  return line.includes(':') ? [line.slice(line.indexOf(':') + 1)] : []
}

/** What of a text stands in the base64 of anything around it, by where in three bytes the text begins. */
const inBase64 = (text: string): readonly string[] =>
  [0, 2, 3].map((skipped, offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)])
    return bytes.toString('base64').slice(skipped, Math.floor((bytes.length * 8) / 6))
  })

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1)

/** The forms in which a text could get out. */
export const formsOf = (text: string): ReadonlySet<string> => {
  const base64 = inBase64(text)
  return new Set([
    // An annotation holds JSON, an entry of the log holds that as JSON, and so it may go on.
    ...[text, inJson(text), inJson(inJson(text)), inJson(inJson(inJson(text))), encodeURIComponent(text)],
    ...[...base64, ...base64.map(form => form.replaceAll('+', '-').replaceAll('/', '_'))],
    Buffer.from(text).toString('hex'),
  ])
}

/**
 * Where a secret stands in an audit log beside the Secrets, or in what was said, with what is around it: nothing, whatever
 * happened.
 */
export const leaksIn = (
  secrets: Secrets,
  audit: readonly AuditEntry[],
  said: readonly string[],
): readonly string[] => {
  const logged = audit
    .filter(({ objectRef }) => objectRef?.resource !== 'secrets')
    .map(entry => [`audit log: ${shownEntry(entry)}`, JSON.stringify(entry)] as const)
  const texts = [...logged, ...said.map(line => ['said', line] as const)]
  return [...secrets].flatMap(([secret, from]) =>
    [...formsOf(secret)].flatMap(form =>
      texts.flatMap(([where, text]) => {
        const at = text.indexOf(form)
        return at < 0 ? [] : [`${from} in ${where}: …${text.slice(Math.max(0, at - 80), at + 160)}…`]
      }),
    ),
  )
}
