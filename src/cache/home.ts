import { homedir } from 'node:os'
import { join } from 'node:path'

/** The folder of the user's cache that is ours, by a caller's environment (XDG base directories). */
export const cacheFolder = ({ XDG_CACHE_HOME, HOME }: Readonly<Record<string, string | undefined>>): string =>
  join(XDG_CACHE_HOME || join(HOME ?? homedir(), '.cache'), 'slipway')
