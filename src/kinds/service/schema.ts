import { z } from 'zod'

/** One entry of `services`: the name says it all. */
export const serviceSettings = z.strictObject({})

/** What one entry of `services` may say besides its name. */
export type ServiceSettings = z.infer<typeof serviceSettings>
