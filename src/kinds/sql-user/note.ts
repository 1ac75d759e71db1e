import { sha256 } from '../../core/digest.ts'
import type { JsonObject } from '../../core/json.ts'
import { objectOf } from '../shared/codecs.ts'
import type { ApiInstance } from '../shared/sql/instances.ts'

/**
 * What Slipway notes of a user. A SQL user has no labels and shows no password version, so the note is a label of its
 * instance: `slipway-user-NAME: ENVIRONMENT` or `slipway-user-NAME: ENVIRONMENT_VERSION`.
 */
export interface Note {
  readonly environment: string
  /** The version of the password that was set last. */
  readonly passwordVersion?: string
}

const prefix = 'slipway-user-'
const longest = 63

/** The label's key. Names that do not fit a key are shortened and told apart by a digest. */
export const noteKey = (user: string): string => {
  const key = `${prefix}${user}`
  if (/^[a-z0-9_-]+$/.test(user) && key.length <= longest) return key
  const readable = user.toLowerCase().replace(/[^a-z0-9_-]/g, '_')
  return `${prefix}${readable.slice(0, 40)}-${sha256(user).slice(0, 8)}`
}

/** The label's value. */
export const noteValue = ({ environment, passwordVersion }: Note): string =>
  passwordVersion === undefined ? environment : `${environment}_${passwordVersion}`

/** What is noted of a user on its instance, if anything. */
export const noteOf = ({ settings }: ApiInstance, user: string): Note | undefined => {
  const value = objectOf(objectOf(settings).userLabels)[noteKey(user)]
  if (typeof value !== 'string' || value === '') return undefined
  const [environment = '', passwordVersion] = value.split('_')
  return { environment, ...(passwordVersion === undefined ? {} : { passwordVersion }) }
}

/** True if this is noted of a user on its instance; undefined: nothing is. */
export const isNoted = ({ settings }: ApiInstance, user: string, note: Note | undefined): boolean =>
  objectOf(objectOf(settings).userLabels)[noteKey(user)] === (note && noteValue(note))

/** What the note on an instance says of a user, in the words of a spec. */
export const noteSpecOf = (instance: ApiInstance, user: string): JsonObject => {
  const { environment, passwordVersion } = noteOf(instance, user) ?? {}
  return {
    ...(environment === undefined ? {} : { mark: environment }),
    ...(passwordVersion === undefined ? {} : { passwordVersion }),
  }
}

/** The body of sqladmin v1 instances.patch that writes a note, or takes it away. */
export const notePatch = (live: ApiInstance, user: string, note: Note | undefined): JsonObject => {
  const { settingsVersion } = objectOf(live.settings)
  return {
    settings: {
      userLabels: { [noteKey(user)]: note === undefined ? null : noteValue(note) },
      ...(settingsVersion === undefined ? {} : { settingsVersion }),
    },
  }
}
