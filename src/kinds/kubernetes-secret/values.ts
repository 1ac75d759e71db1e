import type { JsonObject } from '../../core/json.ts'
import { SlipwayError } from '../../core/problem.ts'
import { Secret } from '../../core/secret.ts'
import type { ApplyingPorts } from '../kind.ts'
import { htpasswdLine } from './apr1.ts'
import type { ValueSource } from './schema.ts'

/** What values are made from. */
export interface ValueContext {
  readonly ports: Pick<ApplyingPorts, 'gcp' | 'value' | 'redactor'>
  /** The project whose Secret Manager holds the secrets. */
  readonly project: string
  /** What the live Secret holds under the same key. */
  readonly existing: string | undefined
}

/**
 * The value that a source stands for. Everything that it is made of is known to the redactor before it is used.
 * @throws GcpError if a version cannot be read; SlipwayError if the runner lacks a value or a payload has no login.
 */
export const valueFrom = async (source: ValueSource, context: ValueContext): Promise<Secret> => {
  switch (source.from) {
    case 'literal':
      return new Secret(String(source.value))
    case 'secret':
      return material(source, context)
    case 'env':
      return material({ env: source.name, version: source.version }, context)
    case 'htpasswd':
      return known(lineOf(await material(source, context), context.existing), context)
    case 'template': {
      const password = (await material(source.password, context)).reveal()
      const shown = source.encode === 'url' ? encodeURIComponent(password) : password
      return known(
        source.template.replaceAll('{password}', () => shown),
        context,
      )
    }
    default:
      return source satisfies never
  }
}

type Material =
  | { readonly secret: string; readonly version: unknown }
  | { readonly env: string; readonly version: unknown }

const material = async (named: Material, { ports, project }: ValueContext): Promise<Secret> => {
  const secret =
    'env' in named
      ? ports.value(named.env)
      : await ports.gcp.payload(`projects/${project}/secrets/${named.secret}`, String(named.version))
  ports.redactor.add(secret)
  return secret
}

const known = (value: string, { ports }: ValueContext): Secret => {
  const secret = new Secret(value)
  ports.redactor.add(secret)
  return secret
}

const lineOf = (login: Secret, existing: string | undefined): string => {
  const value = login.reveal().trim()
  const colon = value.indexOf(':')
  if (colon <= 0)
    throw new SlipwayError('The login is not of the form user:password.', {
      advice: 'Store it as one line, the user, a colon and the password.',
    })
  return htpasswdLine(value.slice(0, colon), value.slice(colon + 1), existing)
}

/** The sources of a spec's data. */
export const sourcesOf = ({ data }: JsonObject): Readonly<Record<string, ValueSource>> =>
  (data ?? {}) as unknown as Readonly<Record<string, ValueSource>>
