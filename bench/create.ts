import { everyGoogleKind } from '../__tests__/support/files.ts'
import { startWorld } from '../__tests__/support/world.ts'
import { succeeded } from '../src/core/outcome.ts'
import type { Plan } from '../src/core/plan.ts'
import { duration, type OperationFamily } from '../src/emulator/durations.ts'
import { type Measurement, median, showTime } from './measure.ts'

const runs = 3

/** Every kind of Google's side from nothing, operations taking as long as at Google, against the longest chain of them. */
export const create: Measurement = {
  name: 'create',
  rows: async () => {
    const taken: number[] = []
    let longest = 0
    for (let run = 0; run < runs; run++) {
      // Time is virtual: what is waited for is counted, not waited.
      const world = await startWorld({ speed: 1 })
      const plan = await world.plan(everyGoogleKind)
      const began = world.clock.now()
      const applied = await world.apply(everyGoogleKind, plan)
      taken.push(world.clock.now() - began)
      if (applied.ended !== 'done' || !succeeded(applied.result)) throw new Error(JSON.stringify(applied))
      longest = longestChain(plan)
      await world.close()
    }
    const ours = median(taken)
    return [
      {
        what: 'apply of a whole environment',
        value: showTime(ours),
        against: showTime(longest),
        ratio: ours / longest,
        aim: '≤ 1.05',
      },
    ]
  },
}

/** What creating one of a kind takes at Google, as the emulator has it: its own operation, and what must follow it. */
const operations: Readonly<Record<string, readonly (readonly [OperationFamily, string])[]>> = {
  service: [['serviceusage', 'enable']],
  cluster: [['container', 'CREATE_CLUSTER']],
  address: [['compute', 'insert']],
  'sql-instance': [['sql', 'CREATE']],
  'sql-database': [['sql', 'CREATE_DATABASE']],
  // The version of its password is kept as a label of the instance, written before the user.
  'sql-user': [
    ['sql', 'UPDATE'],
    ['sql', 'CREATE_USER'],
  ],
}

/** Milliseconds of the longest chain of steps that wait for each other; an instance or a cluster does one thing at a time. */
const longestChain = ({ steps }: Plan): number => {
  const ends = new Map<string, number>()
  const lanes = new Map<string, number>()
  const endOf = (address: string): number => {
    const known = ends.get(address)
    const step = steps.find(one => one.address === address)
    if (known !== undefined || step === undefined) return known ?? 0
    const own = (operations[step.kind] ?? []).reduce((sum, [family, type]) => sum + duration(family, type), 0)
    const lane = step.kind.startsWith('sql-') ? 'sql' : ''
    const begin = Math.max(0, ...step.after.map(endOf), lane === '' ? 0 : (lanes.get(lane) ?? 0))
    const end = begin + own
    ends.set(address, end)
    if (lane !== '') lanes.set(lane, end)
    return end
  }
  return Math.max(...steps.map(({ address }) => endOf(address)))
}
