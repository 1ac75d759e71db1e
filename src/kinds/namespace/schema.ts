import { z } from 'zod'

const texts = z.record(z.string(), z.string())

/** One entry of `namespaces`; its secrets are resources of their own. */
export const namespaceSettings = z.strictObject({
  labels: texts.optional(),
  annotations: texts.optional(),
})

/** What one entry of `namespaces` may say. */
export type NamespaceSettings = z.infer<typeof namespaceSettings>
