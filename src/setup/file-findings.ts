import { codeOwnersLines, ownedPaths, ownersOf } from './codeowners.ts'
import type { Finding, Wrong } from './finding.ts'
import { namedIn, wantedIdentities } from './github-steps.ts'
import { emailOf, identitiesPath, providerName, workflowPath } from './names.ts'
import { ifSeen, type SeenProject, type SeenRepository } from './seen.ts'
import { workflowOf } from './trust.ts'
import type { Wishes } from './wishes.ts'

/** What is wrong with the calling workflow. */
export const workflowFindings = (
  { engine, repository, unprotected }: Wishes,
  wrong: Wrong,
): readonly Finding[] => {
  if (engine === undefined)
    return [
      wrong(
        'workflow/missing',
        `${workflowPath} does not call Slipway's apply workflow`,
        'Nothing is planned or applied, and nobody knows which workflow to trust.',
        `copy docs/examples/slipway.yml to ${workflowPath}, or name the workflow with --engine`,
      ),
    ]
  const ref = engine.slice(engine.indexOf('@') + 1)
  const own = workflowOf(engine).startsWith(`${repository.name}/`)
  return [
    ...(/^[0-9a-f]{40}$/.test(ref) || own
      ? []
      : [
          {
            ...wrong(
              'workflow/movable',
              `the apply workflow is pinned as ${ref}`,
              'Whoever can move that decides what runs as the applier.',
              `pin it by a full commit SHA in ${workflowPath}`,
            ),
            level: 'note' as const,
          },
        ]),
    ...(unprotected
      ? [
          {
            ...wrong(
              'workflow/unprotected',
              `${workflowPath} says unprotected: true`,
              'Whoever can merge applies, without another approval.',
            ),
            level: 'note' as const,
          },
        ]
      : []),
  ]
}

/** What is wrong with the file that names the identities of several projects. */
export const identityFindings = (
  projects: readonly SeenProject[],
  { identities }: SeenRepository,
  wrong: Wrong,
): readonly Finding[] => {
  const file = ifSeen(identities)
  if (identities.state === 'unchecked') return []
  if (file !== undefined && 'problem' in file)
    return [
      wrong('identities/broken', `${identitiesPath} cannot be used: ${file.problem}`, 'Plan and apply fail.'),
    ]
  const mend = `slipway bootstrap prints the lines of ${identitiesPath}; commit them`
  return projects.flatMap(({ id, number }) => {
    const named = namedIn(file, id)
    if (named === undefined)
      return wantedIdentities(projects) === undefined
        ? []
        : [
            wrong(
              'identities/missing',
              `${identitiesPath} does not name ${id}`,
              `Environments of ${id} cannot be planned or applied.`,
              mend,
            ),
          ]
    const wanted = {
      provider: number === undefined ? named.provider : providerName(number),
      planner: emailOf('planner', id),
      applier: emailOf('applier', id),
    }
    const other = (['provider', 'planner', 'applier'] as const).filter(part => named[part] !== wanted[part])
    return other.length === 0
      ? []
      : [
          wrong(
            'identities/other',
            `${identitiesPath} names another ${other.join(', ')} for ${id}`,
            'What is checked here is not what the workflow uses.',
            mend,
          ),
        ]
  })
}

/** Files that decide what is applied, and that nobody owns. */
export const ownerFindings = (
  wishes: Wishes,
  { codeOwners, environments }: SeenRepository,
  wrong: Wrong,
): readonly Finding[] => {
  if (codeOwners.state === 'unchecked') return []
  const found = ifSeen(codeOwners)
  const reviewers = Object.values(environments).flatMap(one => ifSeen(one)?.reviewers ?? wishes.reviewers)
  const owners = [...new Set(reviewers.map(({ name }) => `@${name}`))].slice(0, 3)
  const lines = codeOwnersLines(owners.length === 0 ? ['@OWNER'] : owners)
  const mend = `printf '%s\\n' ${lines.map(line => `'${line}'`).join(' ')} >> ${found?.path ?? '.github/CODEOWNERS'}`
  const bare = ownedPaths.filter(path => found === undefined || ownersOf(found.text, path).length === 0)
  const folders = [...new Set(bare.map(path => `${path.split('/')[0]}/`))]
  return [
    ...(folders.length === 0
      ? []
      : [
          wrong(
            'codeowners/missing',
            `${found === undefined ? 'there is no CODEOWNERS file, so' : `in ${found.path}`} nobody owns ${folders.join(' and ')}`,
            'Any reviewer can let a change of what is applied, or of the workflow, pass.',
            mend,
          ),
        ]),
    ...(found?.errors ?? []).map(error =>
      wrong(
        'codeowners/error',
        `${found?.path}: ${error}`,
        'GitHub leaves such a line out, and nobody is asked.',
      ),
    ),
  ]
}
