import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What gcloud answered. */
export interface Said {
  readonly code: number
  /** The answer, as JSON where it is some. */
  readonly answer: unknown
  readonly stderr: string
}

/** gcloud in a folder of its own, which talks to nothing but an emulator. */
export interface Gcloud {
  /** Runs a command line; words are divided by blanks. */
  readonly ask: (line: string) => Promise<Said>
  /** The same; throws where gcloud does not end well, or warns of what it was answered. */
  readonly must: (line: string) => Promise<unknown>
  dispose(): Promise<void>
}

const quiet: Readonly<Record<string, string>> = {
  CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
  CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: 'true',
  CLOUDSDK_CORE_DISABLE_FILE_LOGGING: 'true',
  CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: 'true',
  CLOUDSDK_SURVEY_DISABLE_PROMPTS: 'true',
  // A request that is not for this machine ends here at once.
  HTTPS_PROXY: 'http://127.0.0.1:9',
  HTTP_PROXY: 'http://127.0.0.1:9',
  NO_PROXY: '127.0.0.1',
}

/** gcloud for a project of an emulator, as whoever the token stands for. */
export const gcloudFor = async (
  endpoints: Readonly<Record<string, string>>,
  project = 'acme-ml',
  token = 'owner',
): Promise<Gcloud> => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-gcloud-'))
  const env = {
    ...{ PATH: process.env.PATH ?? '', HOME: folder, LANG: 'C.UTF-8' },
    ...quiet,
    ...endpoints,
    CLOUDSDK_CONFIG: join(folder, 'config'),
    CLOUDSDK_CORE_PROJECT: project,
    CLOUDSDK_AUTH_ACCESS_TOKEN: token,
    KUBECONFIG: join(folder, 'kubeconfig'),
  }
  const ask = async (line: string): Promise<Said> => {
    const words = [...line.split(' '), '--format', 'json']
    const done = await run('gcloud', words, { env, cwd: folder, maxBuffer: 2 ** 26 }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code?: number; stdout?: string; stderr?: string }) => ({
        code: error.code ?? 1,
        stdout: error.stdout ?? '',
        stderr: error.stderr ?? String(error),
      }),
    )
    return { code: done.code, answer: jsonIn(done.stdout), stderr: done.stderr }
  }
  return {
    ask,
    must: async line => {
      const { code, answer, stderr } = await ask(line)
      if (code !== 0 || /^(WARNING|ERROR)|Traceback/m.test(stderr))
        throw new Error(`gcloud ${line} ended with ${code}: ${stderr}`)
      return answer
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  }
}

const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Runs `run` where gcloud is installed; says in one line that it does not where it is not. */
export const withGcloud = (what: string, run: () => void, skip: (name: string) => void): void => {
  const found = spawnSync('gcloud', ['--version'], { encoding: 'utf8' })
  if (found.status === 0) run()
  else {
    process.stdout.write(`SKIPPED ${what}: no gcloud on PATH.\n`)
    skip(what)
  }
}
