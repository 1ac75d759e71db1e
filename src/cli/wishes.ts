import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseIdentities } from '../action/identities.ts'
import { repositoryFacts, reviewerNamed } from '../bootstrap/observe-repository.ts'
import type { Lookout } from '../bootstrap/run.ts'
import { loadEnvironments } from '../commands/load.ts'
import type { Subject } from '../commands/subject.ts'
import { ProblemsError, SlipwayError, showProblem } from '../core/problem.ts'
import type { GitHubApi } from '../github/index.ts'
import { emailOf, workflowPath } from '../setup/names.ts'
import type { ProjectWishes, Wishes } from '../setup/wishes.ts'
import { callerIn, engineOf } from '../setup/workflow.ts'
import type { Terminal } from './context.ts'
import { remoteOf } from './github.ts'
import { environmentTexts } from './repository.ts'

/** What `slipway bootstrap` and `slipway doctor` can both be told. */
export interface SetUpFlags {
  /** Projects; those of the environment files if none is named. */
  readonly project?: readonly string[]
  /** The ref of Slipway that the workflow is pinned to, or a whole `OWNER/REPO/PATH@REF`. */
  readonly engine?: string
}

/** The connection to the repository. @throws SlipwayError without a remote or a token. */
export const connected = async (terminal: Terminal): Promise<GitHubApi> => {
  const remote = await remoteOf(terminal)
  if (remote === undefined)
    throw new SlipwayError('The remote `origin` of this folder is no repository on GitHub.', {
      advice: 'Run this in a clone of the repository that has the environment files.',
    })
  if (remote.api === undefined)
    throw new SlipwayError(`There is no token to ask GitHub about ${remote.repository} with.`, {
      advice: 'Set GITHUB_TOKEN, for example: export GITHUB_TOKEN=$(gh auth token)',
    })
  return remote.api
}

/** What the files of this folder, the repository and the flags ask for. @throws ProblemsError, SlipwayError, GitHubError */
export const wishesOf = async (
  terminal: Terminal,
  api: GitHubApi,
  flags: SetUpFlags & { readonly reviewer?: readonly string[]; readonly prune?: boolean },
): Promise<Wishes> => {
  const repository = await repositoryFacts(api)
  const caller = callerIn(await readFile(join(terminal.cwd, workflowPath), 'utf8').catch(() => ''))
  return {
    repository,
    engine: engineOf(caller.uses, flags.engine, repository),
    unprotected: caller.unprotected,
    projects: await projectsOf(terminal.cwd, flags.project ?? []),
    reviewers: await Promise.all((flags.reviewer ?? []).map(name => reviewerNamed(api, name))),
    prune: flags.prune === true,
  }
}

const projectsOf = async (cwd: string, named: readonly string[]): Promise<readonly ProjectWishes[]> => {
  const texts = await environmentTexts(cwd).catch(error => {
    // A project can be set up before it has an environment.
    if (named.length > 0 && error instanceof SlipwayError) return []
    throw error
  })
  const { subjects, failures } = loadEnvironments(texts, project => emailOf('applier', project))
  if (failures.length > 0) throw new ProblemsError(failures.flatMap(({ problems }) => problems))
  const ids = named.length > 0 ? named : subjects.map(({ project }) => project)
  if (ids.length === 0)
    throw new SlipwayError('No environment file names a project.', {
      advice: 'Write the first file, or name the project: --project acme-ml',
    })
  return [...new Set(ids)].sort().map(id =>
    projectWishes(
      id,
      subjects.filter(({ project }) => project === id),
    ),
  )
}

const projectWishes = (id: string, subjects: readonly Subject[]): ProjectWishes => {
  const applier = `serviceAccount:${emailOf('applier', id)}`
  const grants = subjects
    .flatMap(({ resources }) => resources)
    .flatMap(({ kind, spec }) => {
      const { role, member, target } = spec as {
        role?: string
        member?: string
        target?: { serviceAccount?: string }
      }
      return kind === 'grant' && target?.serviceAccount === undefined ? [{ role: role ?? '', member }] : []
    })
  const rolesOf = (all: readonly { readonly role: string }[]) =>
    [...new Set(all.map(({ role }) => role))].sort()
  return {
    id,
    environments: subjects.map(({ name }) => name).sort(),
    roles: rolesOf(grants),
    applierRoles: rolesOf(grants.filter(({ member }) => member === applier)),
  }
}

/** Reads `.github/slipway.yaml` as the action does. */
export const readIdentities: Lookout['parseIdentities'] = text => {
  const parsed = parseIdentities(text)
  return 'problems' in parsed
    ? { problem: parsed.problems.map(showProblem).join(' ') }
    : { projects: parsed.projects }
}

/** The command that mends what bootstrap can, with the flags that this run was given. */
export const bootstrapCommand = ({ project = [], engine }: SetUpFlags): string =>
  [
    'slipway bootstrap --run',
    ...project.map(id => `--project ${id}`),
    ...(engine === undefined ? [] : [`--engine ${engine}`]),
  ].join(' ')
