import { type Past, pastOf, type Reading } from '../commands/snapshot.ts'
import type { Subject } from '../commands/subject.ts'
import type { Workbench } from '../commands/workbench.ts'
import { engine } from '../engine.ts'
import { createHosting } from '../github/index.ts'
import type { Terminal } from './context.ts'
import { remoteOf } from './github.ts'
import { fileAt } from './repository.ts'

/** The host of this repository, where it is on GitHub and a token is at hand. */
export interface Host {
  readonly reading: Reading
}

/** `undefined`: not on GitHub. `'no token'`: on GitHub, but nothing to ask it with. */
export const hostOf = async (
  terminal: Terminal,
  bench: Workbench,
): Promise<Host | 'no token' | undefined> => {
  const remote = await remoteOf(terminal)
  if (remote === undefined) return undefined
  const { api, server, repository } = remote
  if (api === undefined) return 'no token'
  const { data } = await api.octokit.rest.repos.get(api.repo)
  const hosting = createHosting(api, {
    defaultBranch: data.default_branch,
    workflow: '.github/workflows/slipway.yml',
    author: 'github-actions[bot]',
    logUrl: `${server}/${repository}`,
  })
  return { reading: { hosting, load: bench.load, applier: bench.applier } }
}

/** What was applied before: by `--baseline`, else by the records of the host, else nobody knows. */
export const pastFor = async (
  subject: Subject,
  terminal: Terminal,
  bench: Workbench,
  { baseline, host }: { readonly baseline: string | undefined; readonly host: Host | 'no token' | undefined },
): Promise<Past> => {
  if (baseline !== undefined) return baselineAt(subject, terminal, baseline, bench)
  if (host === undefined || host === 'no token') return nothing
  return pastOf(host.reading, subject.name)
}

const nothing: Past = { history: undefined, baseline: undefined, unfinished: new Set(), applied: () => [] }

const baselineAt = async (
  { file, name }: Subject,
  { cwd }: Terminal,
  reference: string,
  bench: Workbench,
): Promise<Past> => {
  const { commit: sha, blob, text } = await fileAt(cwd, reference, file)
  const { subjects } = bench.load([{ path: file, text }], bench.applier)
  const record = { environment: name, file, sha, blob, engine, charts: {}, identities: {} }
  const resources = subjects.find(subject => subject.name === name)?.resources ?? []
  return { ...nothing, baseline: { record, resources } }
}
