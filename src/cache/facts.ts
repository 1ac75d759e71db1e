import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { equal, isObject, type Json } from '../core/json.ts'

/**
 * What was found out in an earlier run, by a key. It may be old, somebody else's or forged: nothing may rest on it
 * that is not looked at again.
 */
export interface Facts {
  /** Undefined: nothing is known. Never fails. At once: what begins with it should not wait for a thread to be free. */
  recall(key: string): Json | undefined
  /** Keeps it for the next run. Never fails: a cache that cannot be written is none. */
  keep(key: string, fact: Json): Promise<void>
}

/** Facts that are kept, those kept last. */
const most = 20

/** Facts in a JSON file. */
export const createFacts = (file: string): Facts => {
  let known: Map<string, Json> | undefined
  let writing = Promise.resolve()
  const all = (): Map<string, Json> => {
    known ??= read(file)
    return known
  }
  return {
    recall: key => all().get(key),
    keep: async (key, fact) => {
      const facts = all()
      if (equal(facts.get(key), fact)) return
      facts.delete(key)
      facts.set(key, fact)
      for (const oldest of [...facts.keys()].slice(0, -most)) facts.delete(oldest)
      writing = writing.then(() => write(file, facts))
      await writing
    },
  }
}

const read = (file: string): Map<string, Json> => {
  try {
    const facts = JSON.parse(readFileSync(file, 'utf8')) as Json
    return new Map(Object.entries(isObject(facts) ? facts : {}))
  } catch {
    return new Map()
  }
}

const write = async (file: string, facts: ReadonlyMap<string, Json>): Promise<void> => {
  const fresh = `${file}-${randomUUID()}`
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(fresh, JSON.stringify(Object.fromEntries(facts)), { mode: 0o600 })
    await rename(fresh, file)
  } catch {
    // The cache's folder is not ours to write to.
  }
}
