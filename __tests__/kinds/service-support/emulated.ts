import type { Clock } from '../../../src/core/clock.ts'
import { Redactor } from '../../../src/core/secret.ts'
import { type Emulator, type EmulatorOptions, startEmulator } from '../../../src/emulator/index.ts'
import { createGcp } from '../../../src/gcp/client.ts'
import type { Gcp, GcpReader } from '../../../src/gcp/port.ts'
import { createReader } from '../../../src/gcp/reader.ts'
import { createTransport } from '../../../src/gcp/transport.ts'

/** Time that passes by sleeping only. */
const sleepingClock = (): Clock => {
  let time = Date.parse('2026-11-21T00:00:00Z')
  return {
    now: () => time,
    sleep: async milliseconds => {
      time += milliseconds
    },
  }
}

/** The real client and reader against an emulator on loopback. */
export interface Emulated {
  readonly emulator: Emulator
  readonly gcp: Gcp
  readonly redactor: Redactor
  /** A new reader with the allow-list of a kind: it remembers nothing from before. */
  readonly reader: (reads: readonly string[]) => GcpReader
}

/** Starts both; close the emulator afterwards. */
export const emulated = async (options: EmulatorOptions = {}): Promise<Emulated> => {
  const emulator = await startEmulator({
    projects: [
      {
        id: 'acme-ml',
        services: ['serviceusage', 'cloudresourcemanager', 'iam', 'compute', 'secretmanager'],
      },
    ],
    ...options,
  })
  const optionsFor = (token: string) => {
    const clock = sleepingClock()
    const transport = createTransport({ env: emulator.endpoints, token: async () => token, clock })
    return { transport, clock, random: () => 0.5 }
  }
  return {
    emulator,
    gcp: createGcp(optionsFor('applier')),
    redactor: new Redactor(),
    reader: reads => createReader(optionsFor('planner'), reads),
  }
}
