import { isObject, type Json } from '../../core/json.ts'
import { around, joined, reading, type SpecReader } from '../spec.ts'
import { counted, shortDigest } from '../text.ts'
import { type Known, showValue } from '../values.ts'
import type { Summaries } from './summary.ts'

/** Where the value of one key of a Kubernetes Secret comes from; never the value of a secret. */
const sourceOf = (value: Json, known: Known): string => {
  if (!isObject(value)) return 'from a source that this version does not know'
  const source = reading(value, known)
  const number = source.word('version')
  const version = number.startsWith('(') ? '' : around(' version ', number)
  const home = source.word('secret') || source.inner('password').word('secret')
  const place = source.word('env') || source.word('name')
  switch (source.word('from')) {
    case 'literal':
      return source.word('value')
    case 'secret':
      return `from Secret Manager ${home}${version}`
    case 'htpasswd':
      return `login line made from ${home === '' ? `${place} of the runner` : `Secret Manager ${home}`}${version}`
    case 'template':
      return `${source.word('template')}, password from Secret Manager ${home}`
    case 'env':
      return `from ${place} of the runner${version}`
    default:
      return `from ${source.word('from')}`
  }
}

const objectsOf = (spec: SpecReader): string => {
  const count = spec.members('objects').length
  return count === 0 ? '' : counted(count, 'object')
}

const release = (spec: SpecReader): string => {
  const chart = spec.inner('chart')
  const digest = chart.raw('sha256')
  const bytes = typeof digest === 'string' ? ` (sha256 ${shortDigest(digest)})` : ''
  return joined(
    `${chart.word('name')} ${chart.word('version')}${bytes}`,
    around('from ', spec.word('repository')),
    around('namespace ', spec.word('namespace')),
    objectsOf(spec),
  )
}

/** One line a kind of what lives in the cluster. */
export const kubernetesSummaries: Summaries = {
  namespace: spec => [
    joined(
      spec.members('labels').length > 0 &&
        `labels ${spec
          .members('labels')
          .map(([key, value]) => `${key}=${showValue(value)}`)
          .join(', ')}`,
    ),
  ],
  'kubernetes-secret': (spec, known) =>
    spec.members('data').map(([key, value]) => `${key}: ${sourceOf(value, known)}`),
  release: spec => [release(spec)],
}
