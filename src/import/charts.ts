import { equal } from '../core/json.ts'
import { SlipwayError } from '../core/problem.ts'
import type { Chart, HelmRenderer } from '../helm/port.ts'
import type { Left } from './draft.ts'
import type { FoundRelease } from './in-cluster.ts'
import { secretPaths } from './secret-values.ts'
import type { Stored } from './stored.ts'

/** Where charts that people run beside SkyPilot and Flyte are published. */
const published: Readonly<Record<string, string>> = {
  skypilot: 'https://helm.skypilot.co',
  'skypilot-nightly': 'https://helm.skypilot.co',
  'flyte-binary': 'https://flyteorg.github.io/flyte',
  'flyte-core': 'https://flyteorg.github.io/flyte',
  'ingress-nginx': 'https://kubernetes.github.io/ingress-nginx',
  'cert-manager': 'https://charts.jetstack.io',
}

/** A release whose chart is known and at hand. */
export interface Charted {
  readonly release: FoundRelease
  readonly stored: Stored
  readonly repository: string
  readonly chart: Chart
}

/** Finds the chart of a release: in the repositories that were named, else where it is published. */
export const charted = async (
  release: FoundRelease,
  repositories: readonly string[],
  helm: HelmRenderer,
): Promise<Charted | Left> => {
  const { stored, name, namespace } = release
  const what = `the Helm release ${name} in ${namespace}`
  if (stored === undefined)
    return { what, why: 'helm’s record of it, with its chart and its values, cannot be read' }
  if (stored.status !== 'deployed')
    return { what, why: `it is ${stored.status}: bring it to an end with helm first` }
  const { name: chart, version } = stored.chart
  const usual = published[chart]
  const places = [...repositories, ...(usual === undefined ? [] : [usual])]
  const tried: string[] = []
  for (const repository of places) {
    try {
      return { release, stored, repository, chart: await helm.pull({ repository, chart, version }) }
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error
      tried.push(`${repository}: ${error.message}`)
    }
  }
  const why =
    tried.length === 0
      ? `helm does not keep where the chart ${chart} ${version} came from: say it with --repository`
      : `its chart ${chart} ${version} was not found (${tried.join('; ')}): say where it is with --repository`
  return { what, why }
}

/** True for a release whose chart was found. */
export const isCharted = (found: Charted | Left): found is Charted => 'chart' in found

/** Where the values hold secrets, but for those at `except`, as people read paths. */
export const secretsIn = (
  { values }: Stored,
  except: readonly (readonly string[])[] = [],
): readonly string[] =>
  secretPaths(values)
    .filter(path => !except.some(one => equal(one, path)))
    .map(path => path.join('.'))
