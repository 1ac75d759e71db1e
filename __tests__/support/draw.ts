import fc from 'fast-check'

/** The zone of drawn environments. */
export const zone = 'us-central1-a'

/** Some members of `all`, none twice. */
export const some = (all: readonly string[], least = 0) => fc.subarray([...all], { minLength: least })

/** An object whose optional members may be missing. */
export const settings = (
  model: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  required: readonly string[] = [],
) => fc.record(model as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: [...required] })

/** A map of some of `keys`. */
export const mapOf = (keys: readonly string[], value: fc.Arbitrary<unknown>, least = 0) =>
  some(keys, least).chain(chosen => fc.record(Object.fromEntries(chosen.map(key => [key, value]))))

/** Labels of Google Cloud. */
export const labels = mapOf(['team', 'cost', 'tier_1', 'a-b'], fc.constantFrom('ml', 'x-1', 'research_2', ''))
/** On or off. */
export const flag = fc.boolean()
