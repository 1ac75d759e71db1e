import type { Address } from '../core/resource.ts'
import { plain } from './text.ts'

const grant = /^grant\/([^:]+):[a-zA-Z]+:(\S+)$/
const workload = /\.svc\.id\.goog\[([^[\]]+)\]/

/** An address as a list shows it; a grant by its role and the first part of its member: `grant roles/cloudsql.client → staging-skypilot`. */
export const shortAddress = (address: Address): string => {
  const [, role, member = ''] = grant.exec(address) ?? []
  if (role === undefined) return plain(address)
  return plain(`grant ${role} → ${workload.exec(member)?.[1] ?? member.split('@')[0]}`)
}
