import type { EffectRule, Rules } from '../../core/rules.ts'
import { fixedPlace } from '../in-cluster.ts'

const written: EffectRule = {
  effect: 'in-place',
  words: 'pods read it when they start; nginx reads a login at once',
  seconds: 3,
}

/** What a change of a Kubernetes Secret does to people. */
export const kubernetesSecretRules: Rules = [
  { path: 'cluster.*', change: fixedPlace },
  { path: 'project', change: fixedPlace },
  { path: 'namespace', change: fixedPlace },
  { path: 'name', change: fixedPlace },
  { path: 'type', change: { effect: 'refused', words: 'Kubernetes fixes the type of a Secret' } },
  { path: 'data.*.**', change: written, exclusive: true },
]
