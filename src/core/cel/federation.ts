import { type CelValue, evaluateCel } from './evaluate.ts'
import { parseCel } from './parse.ts'
import { NoValueError } from './tokens.ts'

/** The claims of a token. */
export type Claims = { readonly [claim: string]: CelValue }

/** The expressions of a workload identity pool provider (iam v1, WorkloadIdentityPoolProvider). */
export interface Federating {
  /** '' accepts everything. */
  readonly condition: string
  readonly mapping: Readonly<Record<string, string>>
}

/**
 * What a provider makes of a token: `google.subject` and `attribute.NAME`; undefined if it refuses it. An expression that
 * cannot be worked out on these claims refuses. @throws CelError for an expression that cannot be understood.
 */
export const attributesOf = (
  { condition, mapping }: Federating,
  assertion: Claims,
): Readonly<Record<string, string>> | undefined => {
  const parsed = Object.entries(mapping).map(([name, text]) => [name, parseCel(text)] as const)
  const test = condition === '' ? undefined : parseCel(condition)
  try {
    const mapped = parsed.map(([name, expression]) => [name, evaluateCel(expression, { assertion })] as const)
    const below = (prefix: string): Claims =>
      Object.fromEntries(
        mapped.flatMap(([name, value]) =>
          name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
        ),
      )
    const variables = { assertion, attribute: below('attribute.'), google: below('google.') }
    if (test !== undefined && evaluateCel(test, variables) !== true) return undefined
    return Object.fromEntries(mapped.map(([name, value]) => [name, String(value)]))
  } catch (error) {
    if (error instanceof NoValueError) return undefined
    throw error
  }
}
