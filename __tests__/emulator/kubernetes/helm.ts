import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { KubernetesEmulator } from '../../../src/emulator/kubernetes/server.ts'

const run = promisify(execFile)

/** The helm to test with: env HELM or the one on PATH, at least 4.1; undefined (and a line that says so) without one. */
export const findHelm = async (): Promise<string | undefined> => {
  const helm = process.env.HELM ?? 'helm'
  const version = await run(helm, ['version', '--template', '{{.Version}}']).then(
    ({ stdout }) => stdout.trim(),
    () => 'none',
  )
  const [, major = '0', minor = '0'] = /^v(\d+)\.(\d+)/.exec(version) ?? []
  if (Number(major) > 4 || (Number(major) === 4 && Number(minor) >= 1)) return helm
  process.stderr.write(
    `SKIPPED: tests with a real helm need helm 4.1 or newer on PATH or in HELM; found ${version}\n`,
  )
  return undefined
}

/** helm in a folder of its own, talking to one cluster. */
export interface Helm {
  /** Runs helm; gives its exit code and what it printed. */
  run(
    args: readonly string[],
  ): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>
  /** Writes a file into the folder; gives its path. */
  write(name: string, content: string | Buffer): Promise<string>
  dispose(): Promise<void>
}

const kubeconfig = (cluster: KubernetesEmulator, token: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'emulated',
    contexts: [{ name: 'emulated', context: { cluster: 'emulated', user: 'emulated' } }],
    clusters: [
      {
        name: 'emulated',
        cluster: {
          server: cluster.url,
          'certificate-authority-data': Buffer.from(cluster.caCertificate).toString('base64'),
        },
      },
    ],
    users: [{ name: 'emulated', user: { token } }],
  })

/** A helm for a cluster, with an environment of its own. */
export const helmFor = async (helm: string, cluster: KubernetesEmulator, token = 'writer'): Promise<Helm> => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-helm-'))
  const write = async (name: string, content: string | Buffer): Promise<string> => {
    await writeFile(join(folder, name), content)
    return join(folder, name)
  }
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    HELM_CACHE_HOME: join(folder, 'cache'),
    HELM_CONFIG_HOME: join(folder, 'config'),
    HELM_DATA_HOME: join(folder, 'data'),
    KUBECONFIG: await write('kubeconfig', kubeconfig(cluster, token)),
  }
  return {
    write,
    dispose: () => rm(folder, { recursive: true, force: true }),
    run: async args => {
      const options = { env, cwd: folder, maxBuffer: 2 ** 26 }
      return run(helm, [...args], options).then(
        ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
        (error: { code?: number; stdout?: string; stderr?: string }) => ({
          code: error.code ?? 1,
          stdout: error.stdout ?? '',
          stderr: error.stderr ?? '',
        }),
      )
    },
  }
}
