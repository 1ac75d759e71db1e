import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { equal } from '../../src/core/json.ts'
import type { Plan } from '../../src/core/plan.ts'
import { ruleFor } from '../../src/core/rules.ts'
import { satisfies } from '../../src/core/start.ts'
import { kindsByName } from '../../src/kinds/registry.ts'
import type { Meddling } from './meddling.ts'

const security = readFileSync(join(import.meta.dirname, '..', '..', 'SECURITY.md'), 'utf8')

/** What has no precondition: kind, setting, and the words by which SECURITY.md lists it. */
const listed: readonly (readonly [string, RegExp, string])[] = [
  ['service-account', /^(displayName|description|disabled)$/, '**Service accounts**: text, enable, disable'],
  ['node-pool', /^(nodes|autoRepair|autoUpgrade)$/, '**Node pools**: the count of nodes, repair and upgrade'],
  ['address', /^$/, '**Addresses**: one that somebody reserves'],
]

/** Whether what is said about windows tells of this one. */
export const isListed = ({ address, path }: Pick<Meddling, 'address' | 'path'>): boolean =>
  listed.some(
    ([kind, settings, words]) =>
      address.startsWith(`${kind}/`) && settings.test(path) && security.includes(words),
  )

/**
 * What a meddling means to a reviewed plan. `reviewed`: the plan takes the thing away, or the value is the start or the
 * end of a reviewed change, or satisfies it; `conflict`: a reviewed change was to write another one.
 */
export const bearing = (
  { steps }: Plan,
  { address, path, value, rivals }: Meddling,
): 'reviewed' | 'conflict' | 'none' => {
  const step = steps.find(one => one.address === address)
  if (step?.action === 'remove') return 'reviewed'
  // It was reviewed that it is not there; an apply that had it made with its cluster may make it once more.
  if (step?.action === 'create' && path === '' && rivals !== true) return 'reviewed'
  const change = step?.changes.find(one => one.path.join('.') === path)
  if (step === undefined || change === undefined) return 'none'
  const rule = ruleFor(kindsByName.get(step.kind)?.rules ?? [], change.path)
  const isFine = equal(value, change.from) || (rule !== undefined && satisfies(rule, value, change.to))
  return isFine ? 'reviewed' : 'conflict'
}
