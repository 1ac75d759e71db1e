import { badRequest } from './errors.ts'

/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[]
  /** Absent on the last page. */
  readonly nextPageToken: string | undefined
}

/**
 * Cuts a page out of a list, by the query parameters `pageSize` or `maxResults` and `pageToken`. Throws 400 for a
 * page token that this server did not give out.
 */
export function page<Item>(all: readonly Item[], query: URLSearchParams, most: number): Page<Item> {
  const wanted = Number(query.get('pageSize') ?? query.get('maxResults') ?? 0)
  const size = wanted > 0 ? Math.min(wanted, most) : most
  const token = query.get('pageToken')
  const start = token
    ? Number(
        Buffer.from(token, 'base64url')
          .toString()
          .replace(/^from:/, ''),
      )
    : 0
  if (!Number.isInteger(start) || start < 0) throw badRequest('The page token is invalid.')
  const end = start + size
  const nextPageToken = end < all.length ? Buffer.from(`from:${end}`).toString('base64url') : undefined
  return { items: all.slice(start, end), nextPageToken }
}
