import { type AppliedWorld, startApplied } from './applied.ts'
import { alternating, type Measurement, type Row, showTime } from './measure.ts'
import { timeOf } from './process.ts'

const runs = 9
const latencies = [0, 40] as const

/** The longest chain of calls each of which needs the one before: the clusters, then the Kubernetes API of one. */
const roundTrips = 2

const environment = (charts: string): string =>
  `app: skypilot\nname: lab\nproject: acme-ml\nlocation: us-central1\nstate: cloudsql\nreleases: {skypilot: {repository: "${charts}", version: 0.13.0}}\n`

/** A plan that finds nothing to do, against the shortest time in which it could be made. */
export const planLatency: Measurement = {
  name: 'plan',
  rows: async () => {
    const applied = await startApplied(environment)
    const [cold = 0, ...taken] = await alternating(runs, [
      () => untilFirstCall(applied),
      ...latencies.map(latency => () => {
        applied.setLatency(latency)
        return timeOf(applied.plan)
      }),
    ])
    await applied.world.close()
    return latencies.map((latency, index): Row => {
      const least = cold + roundTrips * latency
      return {
        what: `no-op plan of one environment, ${latency} ms a call`,
        value: showTime(taken[index] ?? 0),
        against: `${showTime(cold)} cold start + ${roundTrips} × ${latency} ms`,
        ratio: (taken[index] ?? 0) / least,
        aim: '≤ 1.25',
      }
    })
  },
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
