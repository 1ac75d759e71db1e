import { isObject, type Json, type JsonObject, valueAt } from '../core/json.ts'
import { sortedManifest } from './manifest.ts'
import { type Helm, HelmError, type Rendered, type UpgradeInput, type UpgradeResult } from './port.ts'
import { createHelmRenderer, type HelmOptions, successOf } from './renderer.ts'
import { run } from './run.ts'
import { inWorkshop } from './workshop.ts'

/** Beyond helm's own time-outs: hooks and waits have one each. */
const patience = 4
const grace = 60

/** Speeds of the client inside helm: its defaults make large releases wait for themselves (pkg/cli/environment.go). */
const pace = { HELM_QPS: '50', HELM_BURST_LIMIT: '300' }

const method = ['--server-side=true', '--force-conflicts'] as const

/** Helm with a cluster: always server-side apply, always the full values. */
export const createHelm = (
  options: HelmOptions & {
    /** Proxy variables for the way to the cluster, if there are any. */
    readonly proxies?: Readonly<Record<string, string>>
  },
): Helm => {
  const helm = async (
    what: string,
    input: Target,
    list: readonly string[],
    values: JsonObject,
    signal?: AbortSignal,
  ) =>
    inWorkshop(options.folder, values, { ...pace, ...options.proxies }, async workshop => {
      const limit = input.timeoutSeconds * patience + grace
      const file = list[0] === 'upgrade' ? ['--values', workshop.values] : []
      const ran = await run({
        command: await options.helm(),
        arguments: [...list, ...file, ...targetOf(input)],
        environment: workshop.environment,
        seconds: limit,
        ...(signal === undefined ? {} : { signal }),
      })
      return successOf(ran, what, limit)
    })
  const upgrade = (input: UpgradeInput, extra: readonly string[], signal?: AbortSignal): Promise<string> =>
    helm(
      `helm upgrade of ${input.release}`,
      input,
      [
        'upgrade',
        input.release,
        input.chart.path,
        '--install',
        '--reset-values',
        ...method,
        ...extra,
        '--output',
        'json',
      ],
      input.values,
      signal,
    )
  return {
    ...createHelmRenderer(options),
    dryRun: async input => dryRunOf(await upgrade(input, ['--dry-run=server']), input),
    upgrade: async (input, signal) =>
      resultOf(await upgrade(input, ['--history-max', '10', '--description', input.description], signal)),
    rollback: async input => {
      const revision = String(input.revision)
      const list = ['rollback', input.release, revision, ...method, '--history-max', '10']
      await helm(`helm rollback of ${input.release}`, input, list, {})
    },
    uninstall: async input => {
      await helm(
        `helm uninstall of ${input.release}`,
        input,
        ['uninstall', input.release, '--ignore-not-found'],
        {},
      )
    },
  }
}

type Target = Pick<UpgradeInput, 'namespace' | 'kubeconfig' | 'timeoutSeconds'>

const targetOf = ({ namespace, kubeconfig, timeoutSeconds }: Target): readonly string[] => [
  '--namespace',
  namespace,
  '--kubeconfig',
  kubeconfig,
  '--timeout',
  `${timeoutSeconds}s`,
]

const releaseIn = (stdout: string): JsonObject => {
  try {
    const value = JSON.parse(stdout.slice(stdout.indexOf('{'))) as Json
    if (isObject(value)) return value
  } catch {
    // Falls through: helm's JSON is not what it was.
  }
  throw new HelmError('helm did not answer with the JSON of a release.', {
    advice: 'Use the Helm version that Slipway brings along.',
  })
}

const resultOf = (stdout: string): UpgradeResult => {
  const release = releaseIn(stdout)
  return { revision: Number(release.version), status: String(valueAt(release, ['info', 'status'])) }
}

const dryRunOf = (stdout: string, { namespace, chart }: UpgradeInput): Rendered => {
  const { manifest, hooks } = releaseIn(stdout)
  const texts = (Array.isArray(hooks) ? hooks : [])
    .filter(isObject)
    .filter(({ events }) => !JSON.stringify(events ?? []).includes('test'))
    .map(hook => `---\n# Source: ${String(hook.path)}\n${String(hook.manifest)}`)
  const text = [String(manifest ?? ''), ...texts].join('\n')
  return sortedManifest(
    text,
    namespace,
    `what chart ${chart.name} ${chart.version} renders to`,
    chart.lookupTemplates,
  )
}
