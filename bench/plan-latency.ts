import { type AppliedWorld, startApplied } from './applied.ts'
import { alternating, type Measurement, type Row, showTime } from './measure.ts'
import { output, type Program, timeOf } from './process.ts'

const runs = 9
const latencies = [0, 40] as const

/** The longest chain of calls each of which needs the one before: the clusters, then the Kubernetes API of one. */
const roundTrips = 2

const environment = (charts: string): string =>
  `app: skypilot\nname: lab\nproject: acme-ml\nlocation: us-central1\nstate: cloudsql\nreleases: {skypilot: {repository: "${charts}", version: 0.13.0}}\n`

/**
 * A plan that finds nothing to do, against the shortest time in which it could be made: the start until the first call,
 * then what has to be asked one after another, or the rendering of the chart where that takes longer.
 */
export const planLatency: Measurement = {
  name: 'plan',
  rows: async () => {
    const applied = await startApplied(environment)
    const template = await bareTemplate(applied)
    const [cold = 0, rendering = 0, ...taken] = await alternating(runs, [
      () => untilFirstCall(applied),
      () => timeOf(template),
      ...latencies.map(latency => () => {
        applied.setLatency(latency)
        return timeOf(applied.plan)
      }),
    ])
    await applied.world.close()
    return latencies.map((latency, index): Row => {
      const calls = `${roundTrips} × ${latency} ms`
      const isBoundByCalls = roundTrips * latency > rendering
      const least = cold + Math.max(roundTrips * latency, rendering)
      return {
        what: `no-op plan of one environment, ${latency} ms a call`,
        value: showTime(taken[index] ?? 0),
        against: `start ${showTime(cold)} + ${isBoundByCalls ? calls : `\`helm template\` ${showTime(rendering)}`}`,
        ratio: (taken[index] ?? 0) / least,
        aim: '≤ 1.25',
      }
    })
  },
}

/** Helm alone, rendering the same chart. */
const bareTemplate = async ({ world, plan, path }: AppliedWorld): Promise<Program> => {
  const cwd = plan.cwd ?? '.'
  const helm = { command: 'helm', cwd, env: { PATH: path, HOME: cwd } }
  const repository = ['--repo', world.cloud?.charts ?? '', '--version', '0.13.0']
  await output({ ...helm, arguments: ['pull', 'skypilot', ...repository] })
  return { ...helm, arguments: ['template', 'skypilot', 'skypilot-0.13.0.tgz', '--namespace', 'skypilot'] }
}

const untilFirstCall = async ({ plan, setLatency, onRequest }: AppliedWorld): Promise<number> => {
  setLatency(0)
  const started = performance.now()
  let first: number | undefined
  onRequest(() => {
    first ??= performance.now() - started
  })
  await timeOf(plan)
  onRequest(() => undefined)
  if (first === undefined) throw new Error('the plan asked nothing')
  return first
}
