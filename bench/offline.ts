import { join } from 'node:path'
import { type Measurement, median, type Row, showTime } from './measure.ts'
import { output } from './process.ts'

const sizes = [250, 500, 1000] as const
const runs = 3

interface Taken {
  readonly milliseconds: number
  /** Highest resident memory of the process, bytes. */
  readonly memory: number
}

/** Environments read, checked, and held against what they were before, without any call; each size in processes of its own. */
export const offline: Measurement = {
  name: 'offline',
  rows: async () => {
    const taken = new Map<number, readonly Taken[]>(sizes.map(size => [size, []]))
    for (let run = 0; run < runs; run++)
      for (const size of sizes) taken.set(size, [...(taken.get(size) ?? []), await inProcess(size)])
    const middle = (size: number, of: (one: Taken) => number): number =>
      median((taken.get(size) ?? []).map(of))
    const rows = sizes.map((size): Row => {
      const milliseconds = middle(size, one => one.milliseconds)
      const memory = middle(size, one => one.memory) / 2 ** 20
      return {
        what: `${size} environments`,
        value: showTime(milliseconds),
        against: `${(milliseconds / size).toFixed(2)} ms each, ${Math.round(memory)} MiB at most`,
      }
    })
    const [least, most] = [sizes[0], sizes[2]].map(size => middle(size, one => one.milliseconds) / size)
    return [
      ...rows,
      {
        what: `slope: time of one among ${sizes[2]} over one among ${sizes[0]}`,
        value: `${most?.toFixed(2)} ms`,
        against: `${least?.toFixed(2)} ms`,
        ratio: (most ?? 0) / (least ?? 1),
        aim: '≤ 1.2 (linear)',
      },
    ]
  },
}

const inProcess = async (size: number): Promise<Taken> => {
  const said = await output({
    command: process.execPath,
    arguments: [join(import.meta.dirname, 'offline-child.ts'), String(size)],
  })
  return JSON.parse(said) as Taken
}
