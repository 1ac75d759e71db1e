import type { Uncovered } from '../../core/coverage.ts'
import { showPath } from '../../core/json.ts'
import { countsOf, type Plan, planDigest } from '../../core/plan.ts'
import { counted } from '../text.ts'
import { showValue } from '../values.ts'
import { alertBlocks } from './alerts.ts'
import { type Block, commentLimit, fitted, type Limit, paragraph, summaryLimit } from './blocks.ts'
import { changeBlocks } from './changes.ts'
import { createBlocks, noteBlocks } from './creates.ts'
import { code, fence, link, prose, safeUrl } from './escape.ts'
import { footer } from './footer.ts'
import { encoded, type Origin } from './input.ts'
import { planMarker } from './marker.ts'
import { alertBlock } from './pieces.ts'
import { markerOf, whereTheWholeIs } from './plan-comment.ts'

/** An environment that was stopped before its first write. */
export interface Refusal {
  /** What apply would do now. */
  readonly plan: Plan
  readonly uncovered: readonly Uncovered[]
  /** Why there is nothing to hold it against, one sentence, for example that the artifact has expired. */
  readonly reason?: string
  /** Address of the run that refused the same plan before. */
  readonly before?: string
  readonly origin: Origin
  /** File name of the workflow that applies, `apply.yml`. */
  readonly workflow: string
  /** The default branch. */
  readonly branch: string
}

/** What was not reviewed, the fresh plan, its digest and the command that approves exactly that; ≤ 65,000 units. */
export const renderRefusal = (refusal: Refusal): string => render(refusal, commentLimit)

/** The same for the job summary: at most 1,000,000 bytes. */
export const renderRefusalSummary = (refusal: Refusal): string => render(refusal, summaryLimit)

const render = (refusal: Refusal, limit: Limit): string => {
  const { plan, uncovered, origin } = refusal
  // What stands in a plan's own way has to go first: another plan is reviewed then, and this list is about none.
  const told = plan.problems.length > 0 ? [] : uncovered
  const items = told.map(({ address, path, reason }) => {
    const field = path === '' ? '' : ` ${code(valuesOf(plan, address, path), 250)}`
    return `**${code(address, 200)}${field}:** ${prose(reason)}.`
  })
  const blocks: readonly Block[] = [
    paragraph('frame', 'verdict', `${planMarker(markerOf(origin))}\n${stopVerdict(refusal)}`),
    alertBlock('refused', 'change that nobody reviewed', 'CAUTION', items),
    ...approval(refusal),
    ...alertBlocks([plan], [], origin),
    paragraph('heading', 'heading', '#### What it would do now'),
    ...changeBlocks(plan, origin),
    ...createBlocks(plan),
    ...noteBlocks(plan, origin),
    paragraph('frame', 'footer', footer(origin, 'read')),
  ]
  return fitted(blocks, limit, whereTheWholeIs(origin, limit))
}

/** `backups.retained 3 → 7`: what would be done at a path that nobody reviewed. */
const valuesOf = ({ steps, outputs }: Plan, address: string, path: string): string => {
  const change = steps
    .find(step => step.address === address)
    ?.changes.find(one => showPath(one.path) === path)
  // What a release's objects hold is shown below, where the values of Secrets are left out.
  if (change === undefined || change.path[0] === 'objects') return path
  return `${path} ${showValue(change.from, outputs)} → ${showValue(change.to, outputs)}`
}

const stopVerdict = ({ plan, uncovered, reason, before }: Refusal): string => {
  const { create, change, adopt, remove } = countsOf(plan)
  const problems = plan.problems.length
  const what =
    problems > 0
      ? `its plan has ${counted(problems, 'problem')}.`
      : uncovered.length > 0
        ? `${counted(uncovered.length, 'change')} ${uncovered.length === 1 ? 'was' : 'were'} not reviewed.`
        : `nobody reviewed its ${counted(create + change + adopt + remove, 'change')}.`
  const why = reason === undefined ? '' : ` ${prose(reason)}`
  const again = before === undefined ? '' : ` The same plan ${link('was refused before', safeUrl(before))}.`
  return `### **Stopped before the first write:** ${code(plan.environment, 60)} is as it was; ${what}${why}${again}`
}

/** Single quotes for a shell. */
const quoted = (text: string): string =>
  /^[\w./-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", `'\\''`)}'`

const approval = ({ plan, origin, workflow, branch }: Refusal): readonly Block[] => {
  if (plan.problems.length > 0)
    return [
      paragraph('refused', 'advice', 'This plan has problems and cannot be approved: solve them first.'),
    ]
  const digest = planDigest(plan)
  const command = [
    `gh workflow run ${quoted(workflow)} --ref ${quoted(branch)} \\`,
    `  -f environment=${quoted(plan.environment)} \\`,
    `  -f approve=${digest}`,
  ]
  const page = link('the workflow', `${origin.repositoryUrl}/actions/workflows/${encoded(workflow)}`)
  const text = [
    `Read everything below. If it is what you want, approve exactly that, by its digest, here or by ${page}:`,
    fence(command, 'sh'),
    'If anything else has changed by then, it stops again. If it is not what you want, open a pull request.',
  ].join('\n\n')
  return [paragraph('frame', 'approval', text)]
}
