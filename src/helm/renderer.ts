import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Shelf } from '../cache/shelf.ts'
import { sha256 } from '../core/digest.ts'
import { sortedManifest } from './manifest.ts'
import { cleaned } from './message.ts'
import { HelmError, type HelmRenderer, type Rendered, type RenderInput } from './port.ts'
import { createPull } from './pull.ts'
import { atOtherRevision } from './revision.ts'
import type { Ran } from './run.ts'
import { createShells, type Shells } from './shells.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

/** What helm needs to be driven. */
export interface HelmOptions {
  /** Path of helm, asked for at the first need. @throws HelmError */
  readonly helm: () => Promise<string>
  /** A temporary folder outside the workspace, which is deleted after the run: renderings stay in it. */
  readonly folder: string
  /** Chart repositories on this machine, by plain http, are fine. */
  readonly loopback?: boolean
  /** Chart archives of earlier runs. */
  readonly shelf?: Shelf
}

const seconds = 60

/** Pulls and renders charts, with no cluster and no credentials. */
export const createHelmRenderer = ({ helm, folder, ...source }: HelmOptions): HelmRenderer => {
  // One more than there are cores: what a run said is read while the next one is at work.
  const shells = createShells(availableParallelism() + 1)
  const known = new Map<string, Promise<Rendered>>()
  const { pull, expected } = createPull({ folder: join(folder, 'charts'), ...source })
  return {
    expected,
    pull: name => {
      // Meanwhile helm is found; if it cannot be, rendering says so.
      helm().catch(() => undefined)
      shells.prepare()
      return pull(name)
    },
    render: input => {
      // What was applied before is mostly what is wanted now: the same input, and helm is asked once.
      const key = sha256(JSON.stringify(input))
      const rendered = known.get(key) ?? render(input, folder, shells, helm)
      known.set(key, rendered)
      return rendered
    },
  }
}

/**
 * A run lasts a moment and has a core for itself: collecting garbage would take a sixth of it, and spreading it over
 * several cores more than that. Only a run that gets big collects. A quarter of what is left would go into kubectl's help,
 * which helm has within it and packs for the language of the user as it starts (kubectl, pkg/util/i18n); no rendering
 * shows any of it, and the French one is short.
 */
const brief = { GOGC: 'off', GOMEMLIMIT: '1GiB', GOMAXPROCS: '1', LC_ALL: 'fr_FR.UTF-8' }

/** Workshops stay until the run ends: while helm keeps the cores busy, deleting one takes as long as rendering. */
const render = async (
  input: RenderInput,
  folder: string,
  shells: Shells,
  helm: () => Promise<string>,
): Promise<Rendered> => {
  const workshop = openWorkshop(folder, input.values, brief)
  const what = `chart ${input.chart.name} ${input.chart.version}`
  const { path } = input.chart
  const archive = (input.time ?? 1) > 1 ? await atOtherRevision(path, join(folder, 'revisions')) : path
  const ran = await shells.run({
    command: await helm(),
    arguments: templateArguments(input, archive, workshop),
    environment: workshop.environment,
    folder: workshop.folder,
    seconds,
  })
  return sortedManifest(
    successOf(ran, `Rendering ${what}`, seconds),
    input.namespace,
    `what ${what} renders to`,
    input.chart.lookupTemplates,
  )
}

const templateArguments = (
  { release, namespace, kubeVersion, apiVersions = [], isUpgrade }: RenderInput,
  archive: string,
  { values }: Workshop,
): readonly string[] => [
  'template',
  release,
  archive,
  '--namespace',
  namespace,
  '--values',
  values,
  '--include-crds',
  '--skip-tests',
  ...(kubeVersion === undefined ? [] : ['--kube-version', kubeVersion]),
  ...apiVersions.flatMap(version => ['--api-versions', version]),
  ...(isUpgrade ? ['--is-upgrade'] : []),
]

/** The output of a run that went well. @throws HelmError with helm's or the chart's own words. */
export const successOf = ({ code, stdout, stderr, ended }: Ran, what: string, limit: number): string => {
  if (ended === 'time')
    throw new HelmError(`${what} took longer than ${limit} s and was stopped.`, { advice: cleaned(stderr) })
  if (ended === 'output') throw new HelmError(`${what} gave more than 64 MiB of output and was stopped.`)
  if (code !== 0)
    throw new HelmError(
      `${what} failed: ${cleaned(stderr) || (code === null ? 'helm was ended by a signal' : `helm ended with ${code}`)}`,
    )
  return stdout
}
