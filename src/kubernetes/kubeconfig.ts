import { randomUUID } from 'node:crypto'
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Endpoint } from './port.ts'

/** How often the token file is written anew, milliseconds; client-go reads it again every minute. */
const freshness = 4 * 60_000

/** Kubeconfig files that live as long as a run. */
export interface Kubeconfigs {
  /** Path of a kubeconfig for a cluster, mode 0600. `key` names it. */
  write(key: string, endpoint: Endpoint): Promise<string>
  /** Stops the renewal of the token and deletes everything. */
  dispose(): Promise<void>
}

/**
 * Keeps kubeconfigs in a folder of their own below `folder`. The token is in a file that is replaced by rename, so a
 * helm that runs for longer than a token lives always finds a good one, and no token is in an argument or a variable.
 */
export const createKubeconfigs = (folder: string, token: () => Promise<string>): Kubeconfigs => {
  const home = join(folder, `slipway-kube-${randomUUID()}`)
  const tokenFile = join(home, 'token')
  let timer: NodeJS.Timeout | undefined
  const renew = async (): Promise<void> => {
    const fresh = join(home, `token-${randomUUID()}`)
    await writeFile(fresh, await token(), { mode: 0o600 })
    await rename(fresh, tokenFile)
  }
  const begin = async (): Promise<void> => {
    await mkdir(home, { recursive: true, mode: 0o700 })
    await chmod(home, 0o700)
    await renew()
    // A renewal that fails is tried again next time; the token in the file is good for longer than that.
    timer ??= setInterval(() => void renew().catch(() => undefined), freshness).unref()
  }
  return {
    write: async (key, endpoint) => {
      await begin()
      const path = join(home, `${key.replace(/[^A-Za-z0-9-]+/g, '_')}.json`)
      await writeFile(path, JSON.stringify(configOf(endpoint, tokenFile)), { mode: 0o600 })
      return path
    },
    dispose: async () => {
      clearInterval(timer)
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** JSON is YAML, so clients read it as the kubeconfig that it is. */
const configOf = ({ url, authority }: Endpoint, tokenFile: string): object => ({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [
    {
      name: 'cluster',
      cluster: {
        server: url,
        ...(authority === undefined
          ? {}
          : { 'certificate-authority-data': Buffer.from(authority).toString('base64') }),
      },
    },
  ],
  users: [{ name: 'slipway', user: { tokenFile } }],
  contexts: [{ name: 'slipway', context: { cluster: 'cluster', user: 'slipway' } }],
  'current-context': 'slipway',
})
