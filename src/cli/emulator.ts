import { once } from 'node:events'
import { SlipwayError } from '../core/problem.ts'
import { startCloud } from '../emulator/cloud.ts'
import { chartFolder } from './chart-folder.ts'
import type { Terminal } from './context.ts'

/** What `slipway emulator` can be told. */
export interface EmulatorFlags {
  readonly port: string
  readonly speed: string
  readonly project: string
}

/** `slipway emulator`: starts the embedded cloud, prints the variables that point a client at it, and waits for Ctrl-C. */
export const emulator = async (terminal: Terminal, flags: EmulatorFlags): Promise<number> => {
  const [port, speed] = [Number(flags.port), Number(flags.speed)]
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new SlipwayError(`--port ${flags.port} is not a port.`)
  if (!(speed > 0))
    throw new SlipwayError(
      `--speed ${flags.speed} is not a speed: 1 is as slow as Google, 100 a hundred times faster.`,
    )
  const cloud = await startCloud({
    chartFolder: chartFolder(),
    port,
    speed,
    projects: [{ id: flags.project }],
    notEmulated: 'any',
  })
  const variables = {
    ...cloud.environment,
    CLOUDSDK_CORE_PROJECT: flags.project,
    CLOUDSDK_AUTH_ACCESS_TOKEN: 'owner',
    SLIPWAY_APPLIER: `slipway-applier@${flags.project}.iam.gserviceaccount.com`,
  }
  for (const [name, value] of Object.entries(variables)) terminal.write(`export ${name}='${value}'\n`)
  terminal.writeError(
    [
      '',
      `An emulated Google Cloud is at ${cloud.google.url}, ${speed} times as fast as the real one; charts at ${cloud.charts}.`,
      `Without a network, take the stand-in chart: \`releases: {skypilot: {repository: ${cloud.charts}}}\`.`,
      'Tokens: owner, planner (reads only) and applier. Put the lines above into a shell; Ctrl-C ends it, and everything in it.',
      '',
    ].join('\n'),
  )
  if (!terminal.signal.aborted) await once(terminal.signal, 'abort')
  await cloud.close()
  return 0
}
