import type { RequestEntry } from '../../src/emulator/index.ts'
import type { JsonObject } from '../../src/emulator/json.ts'
import type { World } from './world.ts'

/** Requests that make something: one that succeeds twice for one name made it twice. Custom verbs set, but for one. */
const creating = /^POST ([^:]+|.*:addVersion)$/

/** What was made twice at Google, in words. */
export const madeTwice = ({ google }: Pick<World, 'google'>): readonly string[] =>
  google.requests.writes
    .filter(({ httpMethod, path }) => creating.test(`${httpMethod} ${path}`) && !/\/setLabels$/.test(path))
    .map(entry => ({
      name: `${entry.httpMethod} ${entry.path} ${JSON.stringify(nameIn(entry))}`,
      id: askedIn(entry, 'requestId'),
    }))
    // Compute does once what is asked for twice with one id.
    .filter(({ id }, index, all) => id === null || all.findIndex(other => other.id === id) === index)
    .filter(({ name }, index, all) => all.findIndex(other => other.name === name) !== index)
    .map(({ name }) => `made twice: ${name}`)

const askedIn = ({ url }: RequestEntry, parameter: string): string | null =>
  new URL(url, 'http://127.0.0.1').searchParams.get(parameter)

const nameIn = (entry: RequestEntry): unknown => {
  const { name, accountId, nodePool, cluster } = (entry.body ?? {}) as Record<string, JsonObject | undefined>
  return askedIn(entry, 'secretId') ?? name ?? accountId ?? nodePool?.name ?? cluster?.name
}

/** Paths of what was deleted at Google. */
export const removedAt = ({ google }: Pick<World, 'google'>): readonly string[] =>
  google.requests.writes.filter(({ httpMethod }) => httpMethod === 'DELETE').map(({ path }) => path)

/** What was deleted at Google besides what an undisturbed run deletes: made again, it looks as it did and has lost its content. */
export const removedBesides = (calm: readonly string[], world: Pick<World, 'google'>): readonly string[] =>
  removedAt(world)
    .filter(path => !calm.includes(path))
    .map(path => `deleted: ${path}`)
