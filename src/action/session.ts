import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import * as core from '@actions/core'
import type { Converged } from '../commands/merge.ts'
import { progressEvent } from '../commands/progress-event.ts'
import type { Reading } from '../commands/snapshot.ts'
import type { Workbench } from '../commands/workbench.ts'
import { compose } from '../compose.ts'
import { wallClock } from '../core/clock.ts'
import type { Hosting } from '../core/hosting.ts'
import { planDigest } from '../core/plan.ts'
import { SlipwayError } from '../core/problem.ts'
import type { Redactor } from '../core/secret.ts'
import { engine } from '../engine.ts'
import {
  connect,
  createHosting,
  defaultBranchIn,
  type GitHubApi,
  type GitHubEvent,
  readEvent,
} from '../github/index.ts'
import type { Origin } from '../render/markdown/input.ts'
import { plainLine } from '../render/terminal/progress.ts'
import { identitiesAt } from './identities.ts'
import type { Inputs } from './inputs.ts'
import type { Runner } from './runner.ts'
import type { Stop } from './stop.ts'

/** What every command of the action works with. */
export interface Session {
  readonly env: NodeJS.ProcessEnv
  readonly inputs: Inputs
  readonly event: GitHubEvent
  readonly api: GitHubApi
  readonly hosting: Hosting
  readonly redactor: Redactor
  readonly runner: Runner
  readonly stop: Stop
  readonly place: Place
}

/** Where the run stands. */
export interface Place {
  /** `https://github.com/acme/platform` */
  readonly repositoryUrl: string
  readonly run: Origin['run']
  /** Path of the workflow file that the run belongs to: the caller's, where a reusable workflow is called. */
  readonly workflow: string
  /** Milliseconds since 1970. */
  readonly began: number
}

/** The login that a job's own token comments as. */
const jobAuthor = 'github-actions[bot]'

/** Reads what the runner says of the run. @throws SlipwayError for an event that cannot be used */
export const openSession = (
  env: NodeJS.ProcessEnv,
  inputs: Inputs,
  { redactor, runner, stop }: Pick<Session, 'redactor' | 'runner' | 'stop'>,
): Session => {
  const payload = payloadOf(env)
  const repository = env.GITHUB_REPOSITORY ?? ''
  const repositoryUrl = `${env.GITHUB_SERVER_URL || 'https://github.com'}/${repository}`
  const id = Number(env.GITHUB_RUN_ID)
  const run = { id, attempt: Number(env.GITHUB_RUN_ATTEMPT ?? 1), url: `${repositoryUrl}/actions/runs/${id}` }
  const apiUrl = env.GITHUB_API_URL || 'https://api.github.com'
  const api = connect({ token: inputs.token, repository, apiUrl, clock: wallClock, random: Math.random })
  const workflow = workflowIn(env.GITHUB_WORKFLOW_REF ?? '', repository)
  const defaultBranch = defaultBranchIn(payload)
  return {
    ...{ env, inputs, api, redactor, runner, stop },
    event: readEvent(env, payload),
    hosting: createHosting(api, { defaultBranch, workflow, author: jobAuthor, logUrl: run.url }),
    place: { repositoryUrl, run, workflow, began: Date.now() },
  }
}

/** `o/r/.github/workflows/slipway.yml@refs/heads/main` → `.github/workflows/slipway.yml`. */
const workflowIn = (ref: string, repository: string): string =>
  ref.slice(repository.length + 1).replace(/@.*$/, '')

const payloadOf = (env: NodeJS.ProcessEnv): unknown => {
  try {
    return JSON.parse(readFileSync(env.GITHUB_EVENT_PATH ?? '', 'utf8'))
  } catch (cause) {
    throw new SlipwayError('There is no event to act on: GITHUB_EVENT_PATH names no JSON file.', {
      cause,
      advice: 'Run this as a GitHub Action; in a terminal use the slipway command.',
    })
  }
}

/** A workbench with what reads the repository. */
export interface Bench {
  readonly bench: Workbench
  readonly reading: Reading
}

/** Signs in as planner or applier, by what the repository said at `commit`, and works. @throws ProblemsError, GitHubError */
export const withBench = async <T>(
  session: Session,
  { role, commit }: { readonly role: 'planner' | 'applier'; readonly commit: string },
  work: (bench: Bench) => Promise<T>,
): Promise<T> => {
  const { env, inputs, hosting, redactor, runner, stop, place } = session
  const { bench, dispose } = compose({
    env,
    engine,
    role,
    identities: await identitiesAt(hosting, commit, inputs),
    idToken: audience => idToken(env, audience),
    folder: env.RUNNER_TEMP || tmpdir(),
    signal: stop.signal,
    redactor,
    values: role === 'applier' ? inputs.values : {},
    onEvent: event => {
      stop.onEvent(event)
      runner.say(plainLine(progressEvent(event), place.began))
    },
    progress: text => runner.say(text),
  })
  try {
    return await work({ bench, reading: { hosting, load: bench.load, applier: bench.applier } })
  } finally {
    await dispose()
  }
}

const idToken = async (env: NodeJS.ProcessEnv, audience: string): Promise<string> => {
  if (env.ACTIONS_ID_TOKEN_REQUEST_URL) return core.getIDToken(audience)
  throw new SlipwayError('the job may not ask GitHub for an identity')
}

/** Whence a comment comes. */
export const originOf = (
  { place }: Pick<Session, 'place'>,
  parts: Pick<Origin, 'base' | 'head' | 'sha256' | 'calls'> & { readonly identity?: string | undefined },
): Origin => {
  const { identity, ...rest } = parts
  const { repositoryUrl, run, began } = place
  return {
    ...{ repositoryUrl, run, ...rest, seconds: (Date.now() - began) / 1000 },
    ...(identity === undefined ? {} : { identity }),
  }
}

/** The same for what an apply job did at the head of the default branch. */
export const originFor = (
  session: Pick<Session, 'place' | 'inputs'>,
  { plan, past, commit }: Extract<Converged, { readonly ended: 'refused' | 'done' }>,
  calls: number,
): Origin =>
  originOf(session, {
    base: past.history?.applied?.sha ?? commit,
    head: commit,
    sha256: planDigest(plan),
    identity: session.inputs.applier,
    calls,
  })
