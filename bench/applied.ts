import { delimiter, dirname, join } from 'node:path'
import { startWorld, type World } from '../__tests__/support/world.ts'
import { succeeded } from '../src/core/outcome.ts'
import { findHelm } from '../src/helm/find.ts'
import { builtBundles } from './bundles.ts'
import { cloneWith } from './clone.ts'
import type { Program } from './process.ts'

/** An emulated cloud in which one environment is applied, and the command that plans it again. */
export interface AppliedWorld {
  readonly world: World
  /** `slipway plan` by the bundled command line; ends with 0 only if there is nothing to do. */
  readonly plan: Program
  /** Directory of helm, for other programs' PATH. */
  readonly path: string
  /** Milliseconds that every call waits from now on. */
  setLatency(milliseconds: number): void
  /** Told of every request to Google as it arrives. */
  onRequest(listener: () => void): void
}

/** Starts a cloud and applies a file, which gets the chart repository's address. @throws Error where that fails */
export const startApplied = async (textWith: (charts: string) => string): Promise<AppliedWorld> => {
  const helm = await findHelm({
    environment: process.env,
    progress: text => process.stderr.write(`${text}\n`),
  })
  let latency = 0
  let listener = (): void => undefined
  const world = await startWorld({
    kubernetes: true,
    latency: () => latency,
    hooks: { onRequest: () => listener() },
  })
  const text = textWith(world.cloud?.charts ?? '')
  const applied = await world.apply(text, await world.plan(text))
  if (applied.ended !== 'done' || !succeeded(applied.result)) throw new Error(JSON.stringify(applied))
  const cwd = await cloneWith('environments/lab.yaml', text)
  const path = `${dirname(helm)}${delimiter}${process.env.PATH}`
  const plan = {
    command: process.execPath,
    arguments: [
      ...[join(await builtBundles(), 'bin', 'slipway.js'), 'plan'],
      ...['--baseline', 'HEAD', '--detailed-exitcode'],
    ],
    cwd,
    env: {
      ...world.environment,
      PATH: path,
      HOME: cwd,
      SLIPWAY_APPLIER: 'slipway-applier@acme-ml.iam.gserviceaccount.com',
    },
  }
  return {
    ...{ world, plan, path },
    setLatency: milliseconds => {
      latency = milliseconds
    },
    onRequest: next => {
      listener = next
    },
  }
}
