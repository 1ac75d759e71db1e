import type { Position, Problem } from '../core/problem.ts'
import { memberOf, type Tree } from './tree.ts'

const notYet = 'this version of Slipway does not have it yet'

/** Keys of the file that a later version will know. */
const laterKeys = ['manifests', 'disks', 'buckets', 'network', 'domain', 'access', 'clouds']

/** Sentences for keys that people try and that are not there, or not there by that name. */
export const hints: ReadonlyMap<string, string> = new Map([
  ...laterKeys.map(key => [key, `${notYet}.`] as const),
  ['auth', 'only a file with `app: skypilot` has it; in the long form say `database.users`.'],
  ['proxy', 'only a file with `app: skypilot` has it; in the long form it is part of the release’s values.'],
])

interface Refused {
  readonly key: string
  readonly value?: string
  readonly message: string
  readonly advice: string
}

const refused: readonly Refused[] = [
  {
    key: 'app',
    value: 'flyte',
    message: `app: flyte: ${notYet}.`,
    advice: 'It has `app: skypilot`; Flyte can be described in the long form, with `releases`.',
  },
  {
    key: 'state',
    value: 'disk',
    message: `state: disk: ${notYet}.`,
    advice: 'Use `state: cloudsql`.',
  },
  {
    key: 'state',
    value: 'cluster',
    message: `state: cluster: ${notYet}.`,
    advice: 'Use `state: cloudsql`: what is only in a cluster is lost with it.',
  },
]

/** What is known, planned, and not there: refused with a sentence of its own. */
export const refusedForNow = (tree: Tree): readonly Problem[] => [
  ...refused.flatMap(({ key, value, message, advice }) => {
    const found = memberOf(tree, key)?.value
    return found?.type === 'leaf' && found.value === value
      ? [{ message, advice, ...positionOf(found.source) }]
      : []
  }),
  ...configProblem(tree),
]

const configProblem = (tree: Tree): readonly Problem[] => {
  const config = memberOf(tree, 'config')
  if (config === undefined) return []
  return [
    {
      message:
        'config: with `state: cloudsql` the server keeps its configuration in the database, not in a file.',
      advice:
        'Take it out and set it in the dashboard. A later version will set it through the server itself.',
      ...positionOf(config.key),
    },
  ]
}

const positionOf = (source: object): { readonly position: Position } | Record<never, never> =>
  'file' in source ? { position: source as Position } : {}
