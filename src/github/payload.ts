/** What a deployment carries; GitHub gives back an object, or the text that was sent. */
export const payloadIn = (payload: unknown): unknown => {
  if (typeof payload !== 'string') return payload
  try {
    return JSON.parse(payload)
  } catch {
    return undefined
  }
}
