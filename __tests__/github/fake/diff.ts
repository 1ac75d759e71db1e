import type { Json, JsonObject } from './json.ts'
import { repoApi, repoHtml } from './shape-repository.ts'
import type { State } from './state.ts'

const STATUS: Readonly<Record<string, string>> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  C: 'copied',
  T: 'changed',
}
const ZERO = '0'.repeat(40)

interface Raw {
  readonly letter: string
  readonly sha: string
  readonly path: string
  readonly previous: string | undefined
}

const rawDiff = (state: State, from: string, to: string): readonly Raw[] => {
  const fields = state.git.run(['diff', '--raw', '--abbrev=40', '-z', '-M', from, to]).split('\0')
  const changes: Raw[] = []
  for (let i = 0; i + 1 < fields.length; ) {
    const [, , before = '', after = '', letter = ''] = (fields[i] ?? '').split(' ')
    const moved = letter.startsWith('R') || letter.startsWith('C')
    const first = fields[i + 1] ?? ''
    const path = moved ? (fields[i + 2] ?? '') : first
    changes.push({
      letter: letter.charAt(0),
      sha: after === ZERO ? before : after,
      path,
      previous: moved ? first : undefined,
    })
    i += moved ? 3 : 2
  }
  return changes
}

const patchOf = (state: State, from: string, to: string, change: Raw): string =>
  state.git.run([
    'diff',
    '-M',
    from,
    to,
    '--',
    ...(change.previous === undefined ? [] : [change.previous]),
    change.path,
  ])

/** GitHub's `diff-entry` list for what lies between two commits or trees (two-dot). */
export const diffEntries = (state: State, from: string, to: string): readonly Json[] =>
  rawDiff(state, from, to).map(change => diffEntry(state, to, change, patchOf(state, from, to, change)))

const diffEntry = (state: State, to: string, change: Raw, diff: string): JsonObject => {
  const start = diff.indexOf('\n@@')
  const patch = start < 0 ? '' : diff.slice(start + 1)
  const lines = patch.split('\n')
  const additions = lines.filter(line => line.startsWith('+')).length
  const deletions = lines.filter(line => line.startsWith('-')).length
  const encoded = encodeURI(change.path)
  const html = repoHtml(state.repository)
  return {
    sha: change.sha,
    filename: change.path,
    status: STATUS[change.letter] ?? 'changed',
    additions,
    deletions,
    changes: additions + deletions,
    blob_url: `${html}/blob/${to}/${encoded}`,
    raw_url: `${html}/raw/${to}/${encoded}`,
    contents_url: `${repoApi(state.apiUrl, state.repository)}/contents/${encoded}?ref=${to}`,
    ...(patch !== '' && { patch }),
    ...(change.previous !== undefined && { previous_filename: change.previous }),
  }
}
