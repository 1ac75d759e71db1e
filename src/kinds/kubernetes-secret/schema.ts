import { z } from 'zod'
import { isReference, isText } from '../../core/reference.ts'

/** A version of a secret: a text, or a reference to the latest enabled one. */
const version = z.union([z.string(), z.custom<{ readonly $ref: string }>(isReference, 'a version')])
const text = z.union([
  z.string(),
  z.custom<{ readonly $text: readonly (string | { readonly $ref: string })[] }>(isText, 'a text'),
  z.custom<{ readonly $ref: string }>(isReference, 'a text'),
])
const named = z.strictObject({ secret: z.string(), version })
const fromEnvironment = z.strictObject({ env: z.string(), version })

/** Where a value comes from; never the value itself, unless it is no secret. */
export const valueSource = z.union([
  z.strictObject({ from: z.literal('literal'), value: text }),
  z.strictObject({ from: z.literal('secret'), ...named.shape }),
  z.strictObject({ from: z.literal('env'), name: z.string(), version }),
  z.strictObject({ from: z.literal('htpasswd'), ...named.shape }),
  z.strictObject({ from: z.literal('htpasswd'), ...fromEnvironment.shape }),
  z.strictObject({
    from: z.literal('template'),
    template: z.string().includes('{password}'),
    password: z.union([named, fromEnvironment]),
    encode: z.literal('url').optional(),
  }),
])

/** Where a value comes from. */
export type ValueSource = z.infer<typeof valueSource>

/** One entry of `namespaces.NAME.secrets`. */
export const kubernetesSecretSettings = z.strictObject({
  /** The namespace that it is in. */
  namespace: z.string(),
  /** Its name in the cluster, if that is not the name of the entry. */
  name: z.string().optional(),
  data: z.record(z.string().regex(/^[-._a-zA-Z0-9]+$/, 'letters, digits, `-`, `_` and `.`'), valueSource),
  /** What must be there first, besides what the values refer to. */
  after: z.array(z.string()).optional(),
})

/** What one entry of `namespaces.NAME.secrets` may say. */
export type KubernetesSecretSettings = z.infer<typeof kubernetesSecretSettings>
