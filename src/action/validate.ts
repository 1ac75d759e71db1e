import { createLoad } from '../commands/load.ts'
import { changesEngine } from '../commands/pull-request.ts'
import { changedPaths, snapshotAt } from '../commands/snapshot.ts'
import type { GitHubEvent, Restriction } from '../github/index.ts'
import { prose } from '../render/markdown/escape.ts'
import { identitiesFile, identitiesText, parseIdentities } from './identities.ts'
import { annotateFailures } from './runner.ts'
import type { Session } from './session.ts'

/** The commit that an event is about. */
export const commitOf = (event: GitHubEvent): string => {
  switch (event.name) {
    case 'pull_request':
      return event.merge
    case 'merge_group':
      return event.head
    case 'push':
    case 'workflow_dispatch':
    case 'other':
      return event.sha
    default:
      return event satisfies never
  }
}

/** Reads every environment file of the event's commit; needs no identity. */
export const validate = async (session: Session): Promise<void> => {
  const { hosting, inputs, event, runner } = session
  const commit = commitOf(event)
  const reading = { hosting, load: createLoad(), applier: () => inputs.applier }
  const { subjects, failures } = await snapshotAt(reading, commit)
  const text = await identitiesText(hosting, commit)
  const identities = text === undefined ? undefined : parseIdentities(text)
  const all = [
    ...failures,
    ...(identities !== undefined && 'problems' in identities
      ? [{ file: identitiesFile, problems: identities.problems }]
      : []),
  ]
  annotateFailures(runner, all)
  const problems = all.flatMap(one => one.problems).length
  const verdict =
    problems === 0
      ? `${subjects.length} of ${subjects.length} environment files are valid.`
      : `${problems} ${problems === 1 ? 'problem' : 'problems'} in ${all.length} of ${subjects.length + failures.length} files.`
  const lines = all.flatMap(({ problems: list }) =>
    list.map(
      ({ message, position }) =>
        `${position === undefined ? '' : `${position.file}:${position.line} `}${message}`,
    ),
  )
  runner.summary(
    [
      `### ${verdict}`,
      ...(lines.length === 0 ? [] : ['', '```', ...lines.map(line => line.replaceAll('`', "'")), '```']),
    ].join('\n'),
  )
  if (problems > 0) runner.fail(verdict)
}

/**
 * A pull request without an identity: files are validated, the summary replaces the comment. What it changes has to
 * come from a branch of this repository, where it can be planned.
 */
export const validateRestricted = async (
  session: Session,
  { number, merge }: { readonly number: number; readonly merge: string },
  restriction: Restriction,
): Promise<void> => {
  const { hosting, runner } = session
  await validate(session)
  const base = (await hosting.parents(merge))[0] ?? merge
  const [before, after] = await Promise.all([
    hosting.files(base, 'environments'),
    hosting.files(merge, 'environments'),
  ])
  const changed = [...changedPaths(before, after)].sort()
  const who = restriction === 'fork' ? 'a fork' : 'Dependabot'
  if (changed.length > 0) {
    const message = `#${number} comes from ${who} and changes ${changed.join(', ')}: it gets no identity, so it cannot be planned.`
    runner.summary(
      `> [!IMPORTANT]\n> ${prose(message)} Push it to a branch of this repository and open it again from there.`,
    )
    return runner.fail(`${message}\nPush it to a branch of this repository and open it again from there.`)
  }
  if (await changesEngine(hosting, base, merge)) {
    runner.warn(
      `#${number} comes from ${who} and changes a workflow; what that means for the environments is planned only from a branch of this repository. If it changes anything, the merge stops and asks for approval.`,
    )
  }
}
