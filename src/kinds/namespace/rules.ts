import type { Rules } from '../../core/rules.ts'
import { fixedPlace } from '../in-cluster.ts'

const podSecurity = {
  effect: 'in-place',
  words: 'pods that do not meet it can no longer be made',
  seconds: 2,
} as const

/** What a change of a namespace does to people. */
export const namespaceRules: Rules = [
  { path: 'cluster.*', change: fixedPlace },
  { path: 'name', change: fixedPlace },
  { path: 'labels.pod-security*', change: podSecurity },
  { path: 'labels.*', change: { effect: 'in-place', seconds: 2 } },
  { path: 'annotations.*', change: { effect: 'in-place', seconds: 2 } },
  { path: 'mark', change: { effect: 'in-place', words: 'a label names this environment', seconds: 2 } },
]
