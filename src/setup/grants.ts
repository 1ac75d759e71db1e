import type { Condition } from '../kinds/grant/policy.ts'
import { names } from './names.ts'

const attribute = "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', [])"

/**
 * The condition on the applier's right to change the project's policy: whatever it changes, only grants of these roles
 * may differ afterwards (IAM Conditions, attribute reference: modifiedGrantsByRole). Taking a grant away counts too.
 */
export const grantsCondition = (roles: readonly string[]): Condition => ({
  title: names.grantsCondition,
  expression: `${attribute}.hasOnly([${roles.map(role => `'${role}'`).join(', ')}])`,
})

/** The roles that such a condition allows; undefined for one of another shape. */
export const rolesIn = ({ expression }: Pick<Condition, 'expression'>): readonly string[] | undefined => {
  const flat = expression.replace(/\s+/g, ' ').trim()
  const start = `${attribute}.hasOnly(`
  const list = flat.startsWith(start) ? /^\[((?: ?'[^']*',?)*) ?\]\)$/.exec(flat.slice(start.length)) : null
  return list === null ? undefined : [...(list[1] ?? '').matchAll(/'([^']*)'/g)].map(([, role = '']) => role)
}
