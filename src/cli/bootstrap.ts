import { lookAtAll, runBootstrap } from '../bootstrap/run.ts'
import { SlipwayError } from '../core/problem.ts'
import { codeOwnersLines } from '../setup/codeowners.ts'
import type { Finding } from '../setup/finding.ts'
import { wantedIdentities } from '../setup/github-steps.ts'
import { identitiesPath, workflowPath } from '../setup/names.ts'
import { ifSeen } from '../setup/seen.ts'
import { findingsOf, type Sight, scriptOf, stepsOf, withoutReviewers } from '../setup/whole.ts'
import type { Wishes } from '../setup/wishes.ts'
import { print, type Terminal, withBench } from './context.ts'
import { bootstrapCommand, connected, readIdentities, type SetUpFlags, wishesOf } from './wishes.ts'

/** What `slipway bootstrap` can be told. */
export interface BootstrapFlags extends SetUpFlags {
  readonly run?: boolean
  /** Who approves, for GitHub environments that have nobody. */
  readonly reviewer?: readonly string[]
  readonly prune?: boolean
}

/**
 * `slipway bootstrap`: prints the commands that the set-up still lacks; with `--run`, does what they do. Exit code 1 if
 * something could not be looked at, or is not done.
 */
export const bootstrap = (terminal: Terminal, flags: BootstrapFlags): Promise<number> =>
  withBench(terminal, {}, async ({ bench }) => {
    const api = await connected(terminal)
    const wishes = await wishesOf(terminal, api, flags)
    requireEngine(wishes)
    const writer = (project: string) => bench.applying(project).gcp
    const lookout = { reader: writer, api, parseIdentities: readIdentities }
    const sight = await lookAtAll(lookout, wishes)
    requireReviewers(wishes, sight)
    const findings = (seen: Sight) => findingsOf(wishes, seen, bootstrapCommand(flags))
    if (flags.run !== true) return printed(terminal, wishes, sight, findings(sight))
    const progress = (text: string) => terminal.writeError(`${text}\n`)
    const after = await runBootstrap({ ...lookout, writer, signal: terminal.signal, progress }, wishes, sight)
    return printed(terminal, wishes, after, findings(after))
  })

const requireEngine = ({ engine }: Wishes): void => {
  if (engine !== undefined) return
  throw new SlipwayError(
    `${workflowPath} does not call Slipway's apply workflow, so nobody knows which one to trust.`,
    {
      advice: `Copy docs/examples/slipway.yml there and pin it, or name the commit that it will be pinned to: --engine SHA`,
    },
  )
}

const requireReviewers = (wishes: Wishes, sight: Sight): void => {
  const names = withoutReviewers(stepsOf(wishes, sight).gitHub)
  if (names.length === 0) return
  throw new SlipwayError(`Nobody is named who approves what is applied to ${names.join(', ')}.`, {
    advice: 'Name people or teams who can read the repository: --reviewer octocat --reviewer acme/platform',
  })
}

const printed = (terminal: Terminal, wishes: Wishes, sight: Sight, findings: readonly Finding[]): number => {
  const { google, gitHub } = stepsOf(wishes, sight)
  const steps = [...google, ...gitHub]
  const unchecked = findings.filter(({ level }) => level === 'unchecked')
  const others = findings.filter(
    ({ level, mend }) => level === 'wrong' && mend?.startsWith('slipway') !== true,
  )
  const ids = wishes.projects.map(({ id }) => id).join(', ')
  print(terminal, [
    steps.length === 0
      ? `# ${wishes.repository.name} and ${ids}: nothing to do${unchecked.length === 0 ? '' : ' in what could be looked at'}.`
      : `# What the set-up of ${wishes.repository.name} and ${ids} still lacks. Read it; then run it, or \`slipway bootstrap --run\`.`,
    ...scriptOf(steps, wishes.repository.name),
    ...commitLines(wishes, sight),
    ...unchecked.map(({ where, what }) => `# Not checked: ${where}: ${what}`),
    ...(others.length === 0
      ? []
      : ['', '# There is more that is wrong; `slipway doctor` says what, and how to mend it.']),
  ])
  return unchecked.length > 0 ? 1 : 0
}

/** What only a commit can bring. */
const commitLines = (wishes: Wishes, { projects, repository }: Sight): readonly string[] => {
  const owners = [
    ...new Set(Object.values(repository.environments).flatMap(one => ifSeen(one)?.reviewers ?? [])),
  ]
  const named = [...new Set([...owners, ...wishes.reviewers].map(({ name }) => `@${name}`))]
  const file = repository.codeOwners.state === 'absent' ? '.github/CODEOWNERS' : undefined
  const identities = repository.identities.state === 'absent' ? wantedIdentities(projects) : undefined
  const comment = (lines: readonly string[]) => lines.map(line => `#     ${line}`.trimEnd())
  return [
    ...(file === undefined
      ? []
      : ['', `# Commit as ${file}:`, ...comment(codeOwnersLines(named.length === 0 ? ['@OWNER'] : named))]),
    ...(identities === undefined
      ? []
      : ['', `# Commit as ${identitiesPath}:`, ...comment(identities.trimEnd().split('\n'))]),
  ]
}
