import { parse } from 'yaml'
import { z } from 'zod'
import type { RepositoryFacts } from './wishes.ts'

const workflowSchema = z.object({
  jobs: z.record(
    z.string(),
    z.object({ uses: z.string().optional(), with: z.record(z.string(), z.unknown()).optional() }),
  ),
})

/** What the calling workflow says. */
export interface Caller {
  /** What it calls to apply, as written: `slipway-dev/slipway/.github/workflows/apply.yml@REF`, or a path of its own. */
  readonly uses: string | undefined
  readonly unprotected: boolean
}

/** Reads the calling workflow; what is no workflow calls nothing. */
export const callerIn = (text: string): Caller => {
  const parsed = workflowSchema.safeParse(readYaml(text))
  const jobs = parsed.success ? Object.values(parsed.data.jobs) : []
  const job = jobs.find(({ uses }) => /\.github\/workflows\/apply\.ya?ml(@|$)/.test(uses ?? ''))
  return { uses: job?.uses, unprotected: String(job?.with?.unprotected) === 'true' }
}

const readYaml = (text: string): unknown => {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

/** Slipway's own apply workflow, for repositories that have no workflow yet. */
const published = 'slipway-dev/slipway/.github/workflows/apply.yml'

/** A ref as `job_workflow_ref` has it: a SHA as it is, versions as tags, everything else as a branch. */
const fullRef = (ref: string): string => {
  if (/^[0-9a-f]{40}$/.test(ref) || ref.startsWith('refs/')) return ref
  return /^v?\d/.test(ref) ? `refs/tags/${ref}` : `refs/heads/${ref}`
}

/**
 * The `job_workflow_ref` of the job that applies. `told` (a ref, or a whole `OWNER/REPO/PATH@REF`) goes before what the
 * workflow says; undefined if neither says anything.
 */
export const engineOf = (
  uses: string | undefined,
  told: string | undefined,
  { name, branch }: Pick<RepositoryFacts, 'name' | 'branch'>,
): string | undefined => {
  const own = uses !== undefined && /^[.$]\//.test(uses) ? `${name}/${uses.slice(2)}@${branch}` : uses
  const said =
    told === undefined ? own : told.includes('@') ? told : `${own?.split('@')[0] ?? published}@${told}`
  if (said === undefined) return undefined
  const [workflow = '', ref = ''] = said.split('@')
  return `${workflow}@${fullRef(ref)}`
}
