import type { Finding, Wrong } from './finding.ts'
import { type Demand, isDemanded } from './github-steps.ts'
import { requiredCheck } from './names.ts'
import type { SeenRules } from './seen.ts'

const demandWords: Readonly<Record<Demand, readonly [lacks: string, effect: string]>> = {
  pullRequest: ['needs no pull request', 'Whoever can push changes what is applied, with nobody looking.'],
  codeOwners: [
    'needs no review by code owners',
    'Whoever gets any approval, or none, changes what is applied and with which identity.',
  ],
  check: [
    `does not need the check "${requiredCheck}"`,
    'A change can be merged whose plan failed, or was never made.',
  ],
}

/** A demand that does not hold for everybody. */
export const demandFinding = (
  demand: Demand,
  branch: string,
  sources: readonly SeenRules[],
  bootstrap: string,
  wrong: Wrong,
): Finding => {
  const [lacks, effect] = demandWords[demand]
  const bypassed = sources.filter(rules => isDemanded(demand, rules))
  if (bypassed.length === 0)
    return wrong(`branch/${demand}`, `a change of ${branch} ${lacks}`, effect, bootstrap)
  const who = [...new Set(bypassed.flatMap(({ bypass }) => bypass ?? []))].join(', ')
  return wrong(
    `branch/${demand}-bypass`,
    `${who} may bypass ${bypassed.map(({ source }) => source).join(', ')}: for them a change of ${branch} ${lacks}`,
    effect,
    bootstrap,
  )
}
