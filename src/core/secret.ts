import { inspect } from 'node:util'

const hidden = '***'

/** A secret value that cannot be printed: it shows as `***` in strings, JSON, logs and errors. */
export class Secret {
  readonly #value: string
  constructor(value: string) {
    this.#value = value
  }
  /** The value itself, for the one place that passes it on. */
  reveal(): string {
    return this.#value
  }
  toString(): string {
    return hidden
  }
  toJSON(): string {
    return hidden
  }
  [inspect.custom](): string {
    return hidden
  }
}

/** The forms in which a value can turn up in other people's output. */
const formsOf = (given: string): readonly string[] => {
  // Half a surrogate pair has no URL form; whatever is printed shows it as the replacement character, too.
  const value = given.toWellFormed()
  const base64 = [0, 1, 2].map(shift =>
    Buffer.from(`${'x'.repeat(shift)}${value}`)
      .toString('base64')
      .slice(shift === 0 ? 0 : shift + 1)
      .replace(/.{0,3}=*$/, ''),
  )
  const json = JSON.stringify(value).slice(1, -1)
  const hex = Buffer.from(value).toString('hex')
  return [
    value,
    ...value.split('\n'),
    json,
    // JSON inside of JSON, and JSON as Go writes it: helm and Kubernetes do.
    JSON.stringify(json).slice(1, -1),
    json.replace(/[<>&]/g, sign => `\\u00${sign.charCodeAt(0).toString(16)}`),
    // A quoted text of YAML or SQL.
    value.replaceAll("'", "''"),
    ...inUrls(value),
    ...base64,
    ...base64.map(text => text.replaceAll('+', '-').replaceAll('/', '_')),
    hex,
    hex.toUpperCase(),
  ]
}

/** As `encodeURIComponent` writes it, as RFC 3986 asks for (Go, gcloud), and as a form; some write small letters. */
const inUrls = (value: string): readonly string[] => {
  const plain = encodeURIComponent(value)
  const strict = plain.replace(/[!'()*]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
  const form = new URLSearchParams([['', value]]).toString().slice(1)
  return [plain, strict, form].flatMap(text => [
    text,
    text.replace(/%[0-9A-F]{2}/g, code => code.toLowerCase()),
  ])
}

/** Knows the secrets of this run and takes them out of any text. */
export class Redactor {
  readonly #forms = new Set<string>()
  readonly #onForm: (form: string) => void
  /** `onForm` is called with every new form, for example to mask it in the runner's log. */
  constructor(onForm: (form: string) => void = () => undefined) {
    this.#onForm = onForm
  }
  /** Remembers a secret. Forms shorter than 5 characters are left out: they would blot out ordinary words. */
  add(secret: Secret | string): void {
    for (const form of formsOf(typeof secret === 'string' ? secret : secret.reveal())) {
      if (form.trim().length < 5 || this.#forms.has(form)) continue
      this.#forms.add(form)
      this.#onForm(form)
    }
  }
  /** `text` with every known form of every known secret replaced by `***`, longest forms first. */
  scrub(text: string): string {
    return [...this.#forms]
      .sort((a, b) => b.length - a.length)
      .reduce((scrubbed, form) => scrubbed.replaceAll(form, hidden), text)
  }
}
