import type { Terminal } from '../../src/cli/context.ts'
import { type ImportFlags, importCommand } from '../../src/cli/import.ts'
import { plainPalette } from '../../src/render/terminal/palette.ts'

/** How a run of `slipway import` ended. */
export interface Ran {
  readonly code: number
  /** The standard output. */
  readonly out: string
  /** The standard error. */
  readonly said: string
}

/** Runs `slipway import` in this process, as whoever `token` stands for. */
export const runImport = async (
  environment: Readonly<Record<string, string>>,
  flags: ImportFlags = {},
  { project = 'acme-ml', cluster, cwd = '/nowhere', token = 'owner' }: Partial<Where> = {},
): Promise<Ran> => {
  let [out, said] = ['', '']
  const terminal: Terminal = {
    env: { ...process.env, ...environment, CLOUDSDK_AUTH_ACCESS_TOKEN: token },
    cwd,
    write: text => {
      out += text
    },
    writeError: text => {
      said += text
    },
    interactive: false,
    width: 110,
    palette: plainPalette,
    signal: new AbortController().signal,
    ask: async () => '',
  }
  const code = await importCommand(terminal, project, cluster, flags)
  return { code, out, said }
}

/** What is imported, from where. */
export interface Where {
  readonly project: string
  readonly cluster: string | undefined
  readonly cwd: string
  readonly token: string
}
