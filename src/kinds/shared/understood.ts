import type { z } from 'zod'
import { type Api, GcpError } from '../../gcp/port.ts'

/**
 * An API's answer, checked once at the edge. `what` names it, for example `the secrets of project p`.
 * @throws GcpError `other` if it does not fit.
 */
export const understood = <T>(schema: z.ZodType<T>, raw: unknown, api: Api, what: string): T => {
  const checked = schema.safeParse(raw)
  if (checked.success) return checked.data
  const answer = checked.error.issues
    .map(({ path, message }) => `${path.map(String).join('.')}: ${message}`)
    .join('; ')
  throw new GcpError(`${api} gave ${what} in a form that Slipway does not know: ${answer}`, {
    api,
    failure: 'other',
    status: 200,
    reason: '',
    answer,
    advice: 'Please report this with the text above; nothing was changed.',
  })
}
