import type { Plan, Step } from '../../core/plan.ts'
import { joined, reading, type SpecReader } from '../spec.ts'
import type { Summaries } from './summary.ts'

const everybody: ReadonlySet<string> = new Set(['allUsers', 'allAuthenticatedUsers'])

/** A member in people's words; public ones are loud. */
const member = (spec: SpecReader): string => {
  const name = spec.word('member')
  if (everybody.has(name)) return `EVERYBODY ON THE INTERNET (${name})`
  const workload = /^serviceAccount:([^[\]]+)\.svc\.id\.goog\[([^[\]]+)\]$/.exec(name)
  return workload === null ? name : `Kubernetes account ${workload[2]} of ${workload[1]}`
}

const target = (spec: SpecReader): string => {
  const inner = spec.inner('target')
  const account = inner.word('serviceAccount')
  return account === '' ? `project ${inner.word('project')}` : account
}

/** Who gets a role on what. */
export const grantSummaries: Summaries = { grant: spec => [recipient(spec)] }

const recipient = (spec: SpecReader): string =>
  joined(
    `→ ${member(spec)}  on ${target(spec)}`,
    spec.raw('condition') !== undefined && `if ${spec.word('condition')}`,
  )

const wide =
  /^roles\/(owner|editor|viewer)$|[aA]dmin$|\.serviceAccountTokenCreator$|\.serviceAccountKeyAdmin$/

/** Grants that give much or give it to everybody: these are never folded. */
export const wideGrants = ({ steps }: Plan): readonly Step[] =>
  steps.filter(({ kind, action, spec }) => {
    if (kind !== 'grant' || action !== 'create') return false
    const { role, member: name } = spec
    return (typeof role === 'string' && wide.test(role)) || (typeof name === 'string' && everybody.has(name))
  })

/** `roles/owner → user:ada@acme.com  on project acme-ml`. */
export const grantLine = ({ spec }: Step): string =>
  `${reading(spec, {}).word('role')} ${recipient(reading(spec, {}))}`
