import type { Clock } from './clock.ts'
import { covers, permissionsOf } from './roles.ts'

/** Who a token stands for. */
export interface Identity {
  /** Email of a service account or user, or a `principal://…` name. */
  readonly email: string
  readonly permissions: readonly string[]
  /** Service accounts for which it may ask access tokens. */
  readonly impersonates: readonly string[]
  /** What policies call it besides its email: the principals of a federated token. */
  readonly principals?: readonly string[]
}

/** What to register. */
export interface IdentityOptions {
  readonly email: string
  /** A bearer token that stands for it from the start, for ever. */
  readonly token?: string
  /** Predefined roles on every project of the emulator. */
  readonly roles?: readonly string[]
  /** Single permissions beside those of the roles, such as `secretmanager.versions.access`. */
  readonly permissions?: readonly string[]
  readonly impersonates?: readonly string[]
  readonly principals?: readonly string[]
}

interface Token {
  readonly email: string
  readonly expiresAt: number
}

/** Registered identities and the tokens that stand for them. */
export class Identities {
  readonly #clock: Clock
  readonly #identities = new Map<string, Identity>()
  readonly #tokens = new Map<string, Token>()
  #minted = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The same identities and tokens, on another clock. */
  copy(clock: Clock): Identities {
    const copy = new Identities(clock)
    for (const [email, identity] of this.#identities) copy.#identities.set(email, identity)
    for (const [token, held] of this.#tokens) copy.#tokens.set(token, held)
    copy.#minted = this.#minted
    return copy
  }

  /** Registers an identity, replacing one of the same email. Throws for an unknown role. */
  add(options: IdentityOptions): Identity {
    const permissions = [...(options.roles ?? []).flatMap(permissionsOf), ...(options.permissions ?? [])]
    const { email, impersonates = [], principals = [] } = options
    const identity: Identity = { email, permissions, impersonates, principals }
    this.#identities.set(email, identity)
    if (options.token !== undefined) {
      this.#tokens.set(options.token, { email, expiresAt: Number.POSITIVE_INFINITY })
    }
    return identity
  }

  /** The identity of that email; one without any permission when nobody registered it. */
  named(email: string): Identity {
    return this.#identities.get(email) ?? { email, permissions: [], impersonates: [] }
  }

  /** A new token for that email, good for so many seconds of the emulator's clock. */
  mint(email: string, seconds: number): string {
    const token = `ya29.emulated-${++this.#minted}`
    this.#tokens.set(token, { email, expiresAt: this.#clock.now() + seconds * 1000 })
    return token
  }

  /** Whom an `Authorization` header stands for; undefined when the token is unknown or has expired. */
  authenticate(header: string | undefined): Identity | undefined {
    const token = this.#tokens.get(header?.replace(/^Bearer /i, '') ?? '')
    if (token === undefined || token.expiresAt <= this.#clock.now()) return undefined
    return this.named(token.email)
  }
}

/** Whether the identity holds the permission. */
export const allowed = (identity: Identity, permission: string): boolean =>
  covers(identity.permissions, permission)
