import { unzipSync } from 'fflate'
import { z } from 'zod'
import { sha256 } from '../core/digest.ts'
import type { PlanDocument, Pull, Review } from '../core/hosting.ts'
import { type GitHubApi, unlessAbsent } from './api.ts'
import { findComment } from './comment.ts'

/** What the hidden marker of a comment says of the plan beside it. */
export interface PlanMark {
  readonly run: number
  readonly attempt: number
  readonly sha256: string
  readonly head: string
}

const markSchema = z.object({ run: z.number(), attempt: z.number(), sha256: z.string(), head: z.string() })

/** The name of the artifact of a run's attempt, and of the file in it. */
export const artifactName = (attempt: number): string => `slipway-plan-${attempt}`
export const planFile = 'slipway-plan.json'

/** Reads the marker of a comment's first line; undefined if there is none that can be read. */
export const markIn = (body: string): PlanMark | undefined => {
  const json = /^<!-- slipway:plan (\{[^\n]*\}) -->/.exec(body)?.[1]
  if (json === undefined) return undefined
  try {
    return markSchema.parse(JSON.parse(json))
  } catch {
    return undefined
  }
}

/** How plans are trusted. */
export interface ReviewOptions {
  /** Path of the workflow file whose runs count, `.github/workflows/slipway.yml`. */
  readonly workflow: string
  /** Login that comments as us. */
  readonly author: string
}

/**
 * The plan that was reviewed: the artifact of the newest attempt for the merged head, from a successful `pull_request`
 * run of our workflow, whose sha256 is the comment's. Everything else is missing, with the reason.
 * @throws GitHubError
 */
export const reviewOf = async (api: GitHubApi, pull: Pull, options: ReviewOptions): Promise<Review> => {
  const missing = (reason: string): Review => ({
    missing: { message: `#${pull.number}: ${reason}`, advice: approveInstead },
  })
  const comment = await findComment(api, pull.number, options.author)
  const mark = comment === undefined ? undefined : markIn(comment.body)
  if (mark === undefined) return missing('it has no plan comment')
  if (mark.head !== pull.head)
    return missing(`its plan is of ${mark.head.slice(0, 7)}, but ${pull.head.slice(0, 7)} was merged`)
  const run = await trustedRun(api, pull, mark, options)
  if (typeof run === 'string') return missing(run)
  const bytes = await artifactOf(api, mark)
  if (bytes === undefined) return missing('its plan artifact has expired or was deleted')
  if (sha256(bytes) !== mark.sha256) return missing('its plan artifact is not the one that the comment shows')
  const document = documentIn(bytes)
  if (document === undefined || document.pull !== pull.number)
    return missing('its plan artifact holds no plan of it')
  return { document }
}

/** So much of a plan is looked at as is needed to tell one from something else; its sha256 vouches for the rest. */
const documentSchema = z.looseObject({
  format: z.literal('slipway-plans/1'),
  pull: z.number(),
  plans: z.array(
    z.looseObject({
      environment: z.string(),
      pins: z.record(z.string(), z.string()),
      steps: z.array(
        z.looseObject({
          ...{ address: z.string(), identity: z.string(), action: z.string() },
          spec: z.record(z.string(), z.unknown()),
          changes: z.array(z.looseObject({ path: z.array(z.string()), effect: z.string() })),
        }),
      ),
    }),
  ),
})

const documentIn = (bytes: Uint8Array): PlanDocument | undefined => {
  try {
    const parsed = documentSchema.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8')))
    return parsed.success ? (parsed.data as unknown as PlanDocument) : undefined
  } catch {
    return undefined
  }
}

const approveInstead = 'Read the fresh plan and approve it by its digest.'

/** Undefined if the run counts, else why it does not. */
const trustedRun = async (
  { octokit, repo }: GitHubApi,
  pull: Pull,
  mark: PlanMark,
  { workflow }: ReviewOptions,
) => {
  const found = await unlessAbsent(octokit.rest.actions.getWorkflowRun({ ...repo, run_id: mark.run }))
  if (found === undefined) return 'its plan run was deleted'
  const run = found.data
  if (run.event !== 'pull_request') return `its plan comes from a ${run.event} run`
  if (run.path.split('@')[0] !== workflow) return `its plan comes from another workflow, ${run.path}`
  if (run.head_sha !== pull.head) return 'its plan comes from a run of another commit'
  if (run.run_attempt !== undefined && run.run_attempt !== mark.attempt)
    return 'its plan comes from an attempt that was run again'
  return run.conclusion === 'success' ? undefined : `its plan run ended as ${run.conclusion ?? run.status}`
}

const artifactOf = async ({ octokit, repo }: GitHubApi, mark: PlanMark): Promise<Uint8Array | undefined> => {
  const name = artifactName(mark.attempt)
  const { data } = await octokit.rest.actions.listWorkflowRunArtifacts({
    ...repo,
    run_id: mark.run,
    name,
    per_page: 100,
  })
  const artifact = data.artifacts.find(found => found.name === name && !found.expired)
  if (artifact === undefined) return undefined
  const zip = await unlessAbsent(
    octokit.rest.actions.downloadArtifact({ ...repo, artifact_id: artifact.id, archive_format: 'zip' }),
  )
  return zip === undefined ? undefined : unpacked(new Uint8Array(zip.data as ArrayBuffer))
}

/** The plan in an archive; nothing of one that is damaged, or too large to be ours. */
const unpacked = (archive: Uint8Array): Uint8Array | undefined => {
  try {
    const wanted = (file: { readonly name: string; readonly originalSize: number }) =>
      file.name === planFile && file.originalSize <= largest
    return unzipSync(archive, { filter: wanted })[planFile]
  } catch {
    return undefined
  }
}

/** Bytes of a plan: a hundred times what a large environment has. */
const largest = 100 * 1024 * 1024
