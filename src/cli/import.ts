import { access, writeFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import type { Workbench } from '../commands/workbench.ts'
import type { ClusterName } from '../core/cluster-name.ts'
import { isEmpty, type Plan } from '../core/plan.ts'
import { SlipwayError } from '../core/problem.ts'
import { isEnvironmentName, nameRule } from '../environment/header.ts'
import { type Imported, importProject } from '../import/import.ts'
import type { ReadStored } from '../import/stored.ts'
import { planLines } from '../render/terminal/plan.ts'
import { counted, opened, plain } from '../render/text.ts'
import { type Terminal, withBench } from './context.ts'

/** What `slipway import` can be told. */
export interface ImportFlags {
  readonly out?: string
  readonly force?: boolean
  readonly instance?: string
  readonly repository?: readonly string[]
}

/**
 * `slipway import PROJECT [CLUSTER]`: writes the environment file for what people made by hand, and says what its plan
 * is. Exit code 0 if that only takes things over, 1 if something else is left or could not be looked at.
 */
export const importCommand = (
  terminal: Terminal,
  project: string,
  cluster: string | undefined,
  flags: ImportFlags,
): Promise<number> =>
  withBench(terminal, {}, async ({ bench }) => {
    const { out, force = false, instance, repository = [] } = flags
    const file = out === undefined ? undefined : await nameOfFile(resolve(terminal.cwd, out), force)
    const imported = await importProject({
      project,
      cluster,
      instance,
      file,
      repositories: repository,
      engine: bench.engine,
      applier: bench.applier(project),
      ports: bench.planning(project),
      stored: storedBy(bench),
    })
    if (out === undefined) terminal.write(imported.text)
    else await written(resolve(terminal.cwd, out), imported.text, force)
    for (const line of report(imported, out, terminal)) terminal.writeError(`${line}\n`)
    return takesOverOnly(imported.plan) && imported.unseen.length === 0 ? 0 : 1
  })

/** Only helm's own Secrets are asked for, one namespace at a time. */
const storedBy =
  (bench: Workbench) =>
  async (cluster: ClusterName): Promise<ReadStored> => {
    const { kubernetes } = bench.applying(cluster.project)
    return async namespace => {
      const client = await kubernetes.writer(cluster)
      return client.list(`/api/v1/namespaces/${namespace}/secrets`, { labelSelector: 'owner=helm' })
    }
  }

/** The environment's name by a file's. @throws SlipwayError if it is there already, or is the name of none. */
const nameOfFile = async (path: string, force: boolean): Promise<string> => {
  const name = basename(path).replace(/\.ya?ml$/, '')
  if (!isEnvironmentName(name) || name === basename(path))
    throw new SlipwayError(`${path} cannot be the file of an environment: its base name ${nameRule}.`, {
      advice: 'Say --out environments/NAME.yaml.',
    })
  const there = await access(path).then(
    () => true,
    () => false,
  )
  if (there && !force) throw inTheWay(path)
  return name
}

const inTheWay = (path: string, cause?: unknown): SlipwayError =>
  new SlipwayError(`${path} is there already, and stays as it is.`, {
    advice: 'Choose another name, or say --force to write over it.',
    cause,
  })

const written = async (path: string, text: string, force: boolean): Promise<void> => {
  await writeFile(path, text, { flag: force ? 'w' : 'wx' }).catch(cause => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') throw inTheWay(path, cause)
    throw new SlipwayError(`${path} cannot be written: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    })
  })
}

/** True for a plan that marks what is there as the environment's, and changes nothing else. */
export const takesOverOnly = ({ steps, problems }: Plan): boolean =>
  problems.length === 0 &&
  steps.every(({ action, changes }) => action === 'adopt' && changes.every(({ path }) => path[0] === 'mark'))

const report = (
  { plan, left, unseen }: Imported,
  out: string | undefined,
  { width, palette }: Terminal,
): readonly string[] => [
  ...(out === undefined ? [] : [`Written: ${out}`, '']),
  ...planLines(plan, width, palette),
  '',
  verdict(plan),
  ...listOf('Not taken over:', left),
  ...listOf('Could not be looked at:', unseen),
]

const verdict = (plan: Plan): string => {
  if (isEmpty(plan)) return 'Its plan is empty.'
  if (takesOverOnly(plan))
    return `Its plan takes ${counted(plan.steps.length, 'thing')} over and changes nothing else.`
  const others = plan.steps.filter(step => !takesOverOnly({ ...plan, steps: [step], problems: [] }))
  const rest = others.map(({ action, address }) => `${action} ${address}`)
  return `Its plan does more than take things over: ${[...rest, ...plan.problems.map(({ message }) => message)].join('; ')}`
}

const listOf = (title: string, left: Imported['left']): readonly string[] =>
  left.length === 0
    ? []
    : ['', title, ...left.map(({ what, why }) => `- ${opened(plain(what))}: ${plain(why)}`)]
