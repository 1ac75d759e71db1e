import { posix } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { extract } from 'tar-stream'
import { HelmError } from './port.ts'

/** Most bytes that an archive may unpack to, and a file in it; Helm's own limits. */
const most = 100 * 1024 * 1024
const mostPerFile = 5 * 1024 * 1024
const mostFiles = 10_000

/**
 * The files of a chart archive by path, links left out. Refuses links and paths that leave the archive, and archives
 * that unpack to more than Helm would take. @throws HelmError
 */
export const filesIn = async (archive: Buffer, name: string): Promise<ReadonlyMap<string, Buffer>> => {
  const tar = unzipped(archive, name)
  const files = new Map<string, Buffer>()
  const reader = extract()
  reader.end(tar)
  try {
    for await (const entry of reader) {
      const { header } = entry
      const path = checkedPath(header.name, name)
      if (header.type === 'symlink' || header.type === 'link')
        checkedLink(path, header.linkname ?? '', header.type, name)
      if ((header.size ?? 0) > mostPerFile && header.type === 'file')
        throw refusal(name, `${path} is larger than 5 MiB`)
      const bytes = await contentOf(entry)
      if (header.type === 'file') files.set(path, bytes)
      if (files.size > mostFiles) throw refusal(name, `it holds more than ${mostFiles} files`)
    }
  } catch (cause) {
    if (cause instanceof HelmError) throw cause
    throw new HelmError(`The archive of chart ${name} cannot be read: ${String(cause)}`, { cause })
  }
  return files
}

/** One file of an archive whose sum was checked, of any size up to 500 MiB. @throws HelmError if it is not there */
export const fileIn = async (archive: Buffer, path: string): Promise<Buffer> => {
  const reader = extract()
  reader.end(gunzipSync(archive, { maxOutputLength: 500 * 1024 * 1024 }))
  for await (const entry of reader) {
    if (entry.header.name === path) return contentOf(entry)
    entry.resume()
  }
  throw new HelmError(`The archive has no ${path}.`)
}

const contentOf = async (entry: AsyncIterable<unknown>): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of entry) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const unzipped = (archive: Buffer, name: string): Buffer => {
  try {
    return gunzipSync(archive, { maxOutputLength: most })
  } catch (cause) {
    const bomb = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    throw refusal(name, bomb ? 'it unpacks to more than 100 MiB' : 'it is not a gzip archive')
  }
}

const checkedPath = (path: string, name: string): string => {
  const plain = path.replaceAll('\\', '/')
  if (
    plain.startsWith('/') ||
    /^[A-Za-z]:/.test(plain) ||
    plain.split('/').includes('..') ||
    plain.includes('\0')
  )
    throw refusal(name, `the path ${path} leaves the archive`)
  return posix.normalize(plain)
}

/** A symbolic link counts from its own folder, a hard link from the root of the archive. */
const checkedLink = (path: string, target: string, type: 'symlink' | 'link', name: string): void => {
  const root = path.split('/')[0] ?? ''
  const end = posix.normalize(type === 'symlink' ? posix.join(posix.dirname(path), target) : target)
  if (posix.isAbsolute(target) || !(end === root || end.startsWith(`${root}/`)))
    throw refusal(name, `the link ${path} leaves the archive`)
}

const refusal = (name: string, why: string): HelmError =>
  new HelmError(`The archive of chart ${name} is refused: ${why}.`, {
    advice: 'Use another version of the chart, and tell its authors.',
  })
