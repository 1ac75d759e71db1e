import { precise } from '../durations.ts'
import { counted, shortDigest } from '../text.ts'
import { code, link } from './escape.ts'
import type { Origin } from './input.ts'

/** `9d1f77a`. */
export const shortSha = (sha: string): string => sha.slice(0, 7)

/** The last line: what a machine and an auditor need to check the rest. */
export const footer = (origin: Origin, verb: 'read' | 'applied', more: readonly string[] = []): string => {
  const { base, head, sha256, identity, calls, seconds, run } = origin
  const parts = [
    `${code(shortSha(base))} → ${code(shortSha(head))}`,
    ...(sha256 === '' ? [] : [`plan ${code(`sha256:${shortDigest(sha256)}`)}`]),
    ...(identity === undefined ? [] : [`${verb} with ${code(identity, 120)}`]),
    `${counted(calls, 'call')}, ${precise(seconds)}`,
    ...more,
    link('log', run.url),
  ]
  return `<sub>${parts.join(' · ')}</sub>`
}
