/** Where GitHub looks for the file; the first one counts (docs.github.com, about code owners). */
export const codeOwnersPaths: readonly string[] = ['.github/', '', 'docs/'].map(
  folder => `${folder}CODEOWNERS`,
)

/** A pattern as a regular expression: gitignore's form, without negation and character ranges. */
const matcher = (pattern: string): RegExp => {
  const anchored = pattern.replace(/\/$/, '').includes('/')
  const body = pattern
    .replace(/^\//, '')
    .replace(/\/$/, '/**')
    .replace(/[.+^${}()|[\]]/g, '\\$&')
    .replace(/\*\*\/|\*\*|\*|\?/g, found =>
      found === '**/' ? '(?:.*/)?' : found === '**' ? '.*' : found === '*' ? '[^/]*' : '[^/]',
    )
  // `dir/*` means the files right in it, everything else also what lies below.
  const below = /\/\*$/.test(pattern) ? '' : '(?:/.*)?'
  return new RegExp(`^${anchored ? '' : '(?:.*/)?'}${body}${below}$`)
}

/** Owners of a path: the last line that matches decides, also one without owners. */
export const ownersOf = (text: string, path: string): readonly string[] => {
  const rules = text
    .split('\n')
    .map(line => line.replace(/(^|\s)#.*$/, '').trim())
    .filter(line => line !== '')
    .map(line => line.split(/\s+/))
  const found = rules.findLast(([pattern = '']) => matcher(pattern).test(path))
  return found?.slice(1) ?? []
}

/** Folders that decide what is applied, and with which identity. */
export const ownedFolders = ['/.github/', '/environments/'] as const

/** Paths that must have an owner. */
export const ownedPaths = [
  '.github/workflows/slipway.yml',
  '.github/slipway.yaml',
  '.github/CODEOWNERS',
  'environments/prod.yaml',
] as const

/** The lines to commit. */
export const codeOwnersLines = (owners: readonly string[]): readonly string[] =>
  ownedFolders.map(folder => `${folder.padEnd(15)} ${owners.join(' ')}`)
