/** Largest environment file, bytes. */
export const maxBytes = 256 * 1024
/** Deepest nesting of maps and lists. */
export const maxDepth = 64
/** Most aliases (`*name`) in a file. */
export const maxAliases = 20
/** Most values in a file, those that aliases repeat included. */
export const maxValues = 20_000
/** Most problems that are listed of one file. */
export const maxProblems = 50
