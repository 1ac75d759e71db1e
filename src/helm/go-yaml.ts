import {
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
  Schema,
  seqTag,
  strTag,
} from 'js-yaml'

const never = () => false

/** `yes`, `Yes` and `YES`; go-yaml knows no other spelling. */
const spelled = (...words: readonly string[]): readonly string[] =>
  words.flatMap(word => [word, `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`, word.toUpperCase()])

const words: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ...spelled('y', 'yes', 'true', 'on').map(word => [word, true] as const),
  ...spelled('n', 'no', 'false', 'off').map(word => [word, false] as const),
  ...[...spelled('null'), '~', ''].map(word => [word, null] as const),
])

/** What strconv.ParseInt takes with base 0, underscores gone; then yamlStyleFloat of go-yaml's resolve.go. */
const integer = /^[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/
const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/

const numberOf = (source: string): number | undefined => {
  // What begins with a dot is read as it stands.
  const plain = source.startsWith('.') ? source : source.replaceAll('_', '')
  if (integer.test(plain)) {
    const sign = plain.startsWith('-') ? -1 : 1
    const digits = plain.replace(/^[-+]/, '')
    return sign * Number(/^0[0-7]/.test(digits) ? `0o${digits}` : digits) || 0
  }
  const number = float.test(plain) ? Number(plain) : Number.NaN
  return Number.isFinite(number) ? number : undefined
}

const word = defineScalarTag('tag:yaml.org,2002:bool', {
  implicit: true,
  implicitFirstChars: ['', ...'~yYnNtTfFoO'],
  resolve: source => {
    const value = words.get(source)
    return value === undefined ? NOT_RESOLVED : value
  },
  identify: never,
})

const number = defineScalarTag('tag:yaml.org,2002:float', {
  implicit: true,
  implicitFirstChars: [...'+-.0123456789'],
  resolve: source => numberOf(source) ?? NOT_RESOLVED,
  identify: never,
})

/** What a tag says that is written out, `!!int "3"`. */
const explicit = [
  defineScalarTag('tag:yaml.org,2002:int', { resolve: number.resolve, identify: never }),
  defineScalarTag('tag:yaml.org,2002:null', { resolve: word.resolve, identify: never }),
]

const binary = defineScalarTag('tag:yaml.org,2002:binary', {
  resolve: source => Buffer.from(source, 'base64').toString('utf8'),
  identify: never,
})

/** go-yaml takes no notice of tags that it does not know. */
const unknownTags = ['!', 'tag:yaml.org,2002:'].flatMap(prefix => [
  defineScalarTag(prefix, { matchByTagPrefix: true, resolve: source => source, identify: never }),
  defineSequenceTag(prefix, { ...seqTag, matchByTagPrefix: true }),
  defineMappingTag(prefix, { ...mapTag, matchByTagPrefix: true }),
])

/**
 * Scalars as Kubernetes and Helm read them (sigs.k8s.io/yaml on go-yaml 2, resolve.go): the booleans, octals and
 * underscores of YAML 1.1, but neither its times nor its numbers to the base of 60; `1e3` is a number.
 */
export const asGoReads = new Schema([
  strTag,
  seqTag,
  mapTag,
  mergeTag,
  word,
  number,
  ...explicit,
  binary,
  ...unknownTags,
])
