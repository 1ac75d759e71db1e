/** What the hidden first line of a comment says to machines. */
export interface Marker {
  readonly run: number
  readonly attempt: number
  /** sha256 of the artifact with the plans, 64 hexadecimal digits. */
  readonly sha256: string
  /** The commit that was planned. */
  readonly head: string
}

const opening = '<!-- slipway:plan '

/** The hidden line; its JSON cannot end the comment that it stands in. */
export const planMarker = ({ run, attempt, sha256, head }: Marker): string => {
  const json = JSON.stringify({ run, attempt, sha256: sha256.slice(0, 64), head: head.slice(0, 64) })
  return `${opening}${json.replace(/[^\w{}":,. \\]/g, unicode)} -->`
}

const unicode = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`

/** The marker of a comment's text, or undefined if it does not begin with a whole one. */
export const readMarker = (body: string): Marker | undefined => {
  const json = /^<!-- slipway:plan (\{[^<>\n]*\}) -->/.exec(body)?.[1]
  if (json === undefined) return undefined
  const { run, attempt, sha256, head } = parsed(json)
  const whole =
    Number.isSafeInteger(run) &&
    Number.isSafeInteger(attempt) &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    typeof head === 'string' &&
    /^[0-9a-f]{40,64}$/.test(head)
  return whole ? { run: Number(run), attempt: Number(attempt), sha256, head } : undefined
}

const parsed = (json: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
