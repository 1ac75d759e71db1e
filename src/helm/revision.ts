import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'

/** Where a template asks for the number of its release's revision. */
const asked = /(?<![\w)\]])\$?\.Release\.Revision\b/g

/** A number that no release gets to, in an expression of the same length, so that the archive's sizes stay right. */
const other = (text: string): string => `(int ${'100000007'.padStart(text.length - 6)})`

/**
 * A copy of a chart's archive that renders as if its release were at another revision: `helm template` always renders
 * the first. Subcharts that lie in it as archives of their own stay as they are. Gives the copy's path.
 */
export const atOtherRevision = async (archive: string, folder: string): Promise<string> => {
  const tar = gunzipSync(await readFile(archive)).toString('latin1')
  const copy = Buffer.from(tar.replaceAll(asked, other), 'latin1')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `${randomUUID()}.tgz`)
  await writeFile(`${path}.part`, gzipSync(copy, { level: 1 }), { mode: 0o600 })
  await rename(`${path}.part`, path)
  return path
}
