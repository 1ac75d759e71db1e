import { type GitHubApi, GitHubError } from './api.ts'

/** The marker that every comment of ours begins with; what follows it is up to the renderer. */
export const commentMarker = '<!-- slipway:plan'

/** A comment of ours. */
export interface Comment {
  readonly id: number
  readonly body: string
}

/**
 * Our comment on a pull request, over all pages: by marker *and* author, since anyone can write the marker. `author`
 * is the login that this token comments as. @throws GitHubError
 */
export const findComment = async (
  { octokit, repo }: GitHubApi,
  pull: number,
  author: string,
): Promise<Comment | undefined> => {
  const comments = await octokit.paginate(octokit.rest.issues.listComments, {
    ...repo,
    issue_number: pull,
    per_page: 100,
  })
  const ours = comments.find(({ body, user }) => user?.login === author && body?.startsWith(commentMarker))
  return ours === undefined ? undefined : { id: ours.id, body: ours.body ?? '' }
}

/** Writes the one comment: edits the one that is there, else makes it; undefined leaves it. @throws GitHubError */
export const writeComment = async (
  api: GitHubApi,
  pull: number,
  author: string,
  replace: (body: string | undefined) => string | undefined,
): Promise<void> => {
  const { octokit, repo } = api
  const earlier = await findComment(api, pull, author)
  const body = replace(earlier?.body)
  if (body === undefined) return
  if (earlier === undefined) await create(api, { pull, author, body })
  else if (earlier.body !== body)
    await octokit.rest.issues.updateComment({ ...repo, comment_id: earlier.id, body })
}

/** Attempts to make a comment. */
const attempts = 4

/** A comment whose answer was lost may be there all the same: it is looked for before another one is made. */
const create = async (
  api: GitHubApi,
  { pull, author, body }: { readonly pull: number; readonly author: string; readonly body: string },
): Promise<void> => {
  const { octokit, repo } = api
  for (let attempt = 1; ; attempt++) {
    try {
      await octokit.rest.issues.createComment({
        ...repo,
        ...{ issue_number: pull, body },
        request: { once: true },
      })
      return
    } catch (error) {
      const lost = error instanceof GitHubError && (error.status === 0 || error.status >= 500)
      if (!lost || attempt >= attempts) throw error
      if ((await findComment(api, pull, author)) !== undefined) return
    }
  }
}
