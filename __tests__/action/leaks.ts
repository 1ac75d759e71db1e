import { readFile } from 'node:fs/promises'
import type { Emulator } from '../../src/emulator/index.ts'
import type { State } from '../github/fake/state.ts'
import type { StepResult } from '../github/runner.ts'
import { type Canaries, escaped } from '../support/canaries.ts'

/** Every payload that Secret Manager holds, with the part after a colon for `user:password`, by its name and version. */
const payloadsOf = ({ state }: Emulator): Canaries =>
  Object.fromEntries(
    state.all.flatMap(({ id, secrets }) =>
      [...secrets].flatMap(([name, { versions }]) =>
        [...versions].flatMap(([version, { payload = '' }]) => {
          const value = Buffer.from(payload, 'base64')
            .toString()
            .replace(/^[^:]*:/, '')
          return value.length < shortest ? [] : [[`${id}/${name} ${version}`, value]]
        }),
      ),
    ),
  )

/** Shorter ones stand in texts by chance. */
const shortest = 8

/** What of a step can be seen by whoever can see the run, the files that are uploaded included. */
export const shownBy = async (step: StepResult, token: string): Promise<Readonly<Record<string, string>>> => {
  const { log, summary, outputs, annotations } = step
  const uploaded = [outputs['plan-path'], outputs['report-path']].flatMap(path => path ?? [])
  const shown = {
    ...{ log, summary, outputs: JSON.stringify(outputs), annotations: JSON.stringify(annotations) },
    uploads: (await Promise.all(uploaded.map(path => readFile(path, 'utf8')))).join('\n'),
  }
  if (Object.values(shown).some(text => text.includes(token)))
    throw new Error('a step shows the token of its job')
  return shown
}

/**
 * Where a secret of the cloud came out: in what steps showed, in a comment, or in a record. Empty, whatever happened on the
 * way.
 */
export const leaksIn = (
  cloud: Emulator,
  { comments, deployments }: Pick<State, 'comments' | 'deployments'>,
  shown: readonly Readonly<Record<string, string>>[],
): readonly string[] => {
  const everything = {
    comments: JSON.stringify([...comments.values()].map(({ body }) => body)),
    records: JSON.stringify([...deployments.values()]),
  }
  return [...shown, everything].flatMap(texts => escaped(payloadsOf(cloud), texts))
}
