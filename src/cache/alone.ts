import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Does `work` while no other process does it under the same path, which is the lock's own and goes again. `waiting` is
 * told once which process it waits for. A lock whose process is gone is broken. Two that break one at the same moment may
 * both work: what they make must bear that, as a file does that is made aside and renamed. @throws what `work` throws, and
 * Error if nothing can be written there
 */
export const alone = async <T>(
  path: string,
  work: () => Promise<T>,
  waiting: (owner: number) => void,
): Promise<T> => {
  await mkdir(dirname(path), { recursive: true })
  let told = false
  while (!(await taken(path))) {
    const owner = await ownerOf(path)
    if (owner === undefined) continue
    if (isGone(owner)) await broken(path)
    else {
      if (!told) waiting(owner)
      told = true
      await new Promise(done => setTimeout(done, 250))
    }
  }
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

/** The process id is in the lock from its first moment: a link to a file is made at once or not at all. */
const taken = async (path: string): Promise<boolean> => {
  const fresh = `${path}-${randomUUID()}`
  await writeFile(fresh, String(process.pid))
  try {
    await link(fresh, path)
    return true
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    return false
  } finally {
    await rm(fresh, { force: true })
  }
}

const ownerOf = async (path: string): Promise<number | undefined> =>
  readFile(path, 'utf8').then(Number, error => {
    if (codeOf(error) !== 'ENOENT') throw error
    return undefined
  })

const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    // EPERM: it is there, but somebody else's.
    return codeOf(error) !== 'EPERM'
  }
}

const broken = async (path: string): Promise<void> => {
  const aside = `${path}-${randomUUID()}`
  await rename(path, aside).catch(error => {
    if (codeOf(error) !== 'ENOENT') throw error
  })
  await rm(aside, { force: true })
}

/** Errors of the file system need not be of this realm's `Error`. */
const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown }).code
