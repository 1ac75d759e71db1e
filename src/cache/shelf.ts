import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256 } from '../core/digest.ts'

/** Files of earlier runs, by a key. As with facts, nothing may rest on one that is not compared with the real one. */
export interface Shelf {
  /** Undefined: nothing is known. Never fails. At once: what begins with it should not wait for a thread to be free. */
  recall(key: string): Buffer | undefined
  /** Keeps a file for the next run. Never fails: a shelf that cannot be written is none. */
  keep(key: string, bytes: Buffer): Promise<void>
}

/** Files that are kept, those kept last, and the bytes of one: what is larger is not kept. */
const most = 20
const largest = 5 * 1024 * 1024

/** A shelf in a folder of its own. */
export const createShelf = (folder: string): Shelf => {
  const place = (key: string): string => join(folder, sha256(key))
  return {
    recall: key => {
      try {
        return readFileSync(place(key))
      } catch {
        return undefined
      }
    },
    keep: async (key, bytes) => {
      if (bytes.length > largest) return
      const fresh = join(folder, `${randomUUID()}.part`)
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await writeFile(fresh, bytes, { mode: 0o600 })
        await rename(fresh, place(key))
        await tidy(folder)
      } catch {
        // The cache's folder is not ours to write to, or another run tidies it.
      }
    },
  }
}

/** Takes the oldest files away, those of runs that were stopped while they wrote among them. */
const tidy = async (folder: string): Promise<void> => {
  const names = await readdir(folder)
  const times = await Promise.all(names.map(async name => (await stat(join(folder, name))).mtimeMs))
  const oldest = names
    .map((name, index) => ({ name, time: times[index] ?? 0 }))
    .sort((one, other) => other.time - one.time)
    .slice(most)
  await Promise.all(oldest.map(({ name }) => rm(join(folder, name), { force: true })))
}
